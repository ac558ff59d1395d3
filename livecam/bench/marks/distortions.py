"""Distortions of pictures beyond a call.

The label is painted out, a network redraws the face, or a camera films the screen.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.disclosure.picture import Plates

PATCH_PX: Final = 8
KEPT: Final = 12
"""Numbers that remain of a patch of 8 x 8 pixels in three colours.

It is one in sixteen, as in common image auto-encoders.
"""
_FACE: Final = (0.36, 0.12, 0.64, 0.75)
"""Where the face of the sample is, as shares of the picture."""
_KEYSTONE: Final = 0.05
_MOIRE_LEVELS: Final = 4.0

Run = Sequence[tuple[Pixels, int]]


def without_label(pixels: Pixels) -> Pixels:
    """Fill plate and badge from around them."""
    height, width = pixels.shape[:2]
    mask = np.zeros((height, width), np.uint8)
    for place in Plates((width, height), "top-right").places:
        mask[place] = 255
    small = cv2.resize(pixels, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    hole = cv2.dilate(cv2.resize(mask, small.shape[1::-1], interpolation=cv2.INTER_AREA), np.ones((5, 5), np.uint8))
    filled = cv2.resize(cv2.inpaint(small, (hole > 0).astype(np.uint8), 3, cv2.INPAINT_TELEA), (width, height))
    return np.asarray(np.where(mask[..., None] > 0, filled, pixels), np.uint8)


def face_redrawn(run: Run) -> list[tuple[Pixels, int]]:
    """Redraw the face with a linear auto-encoder of patches.

    It is the optimal one for these pictures, trained on every tenth.
    """
    height, width = run[0][0].shape[:2]
    left, top, right, bottom = (round(share * side) for share, side in zip(_FACE, (width, height) * 2, strict=True))
    rows = slice(top, top + (bottom - top) // PATCH_PX * PATCH_PX)
    columns = slice(left, left + (right - left) // PATCH_PX * PATCH_PX)
    seen = np.concatenate([_patches(pixels[rows, columns]) for pixels, _ in run[::10]])
    mean = seen.mean(0)
    _, _, basis = np.linalg.svd(seen[:: max(1, len(seen) // 4000)] - mean, full_matrices=False)
    code = basis[:KEPT]
    out = []
    for pixels, at_ns in run:
        again, patches = pixels.copy(), _patches(pixels[rows, columns])
        numbers = np.rint((patches - mean) @ code.T / 4) * 4
        whole = (numbers @ code + mean).astype(np.float32)
        again[rows, columns] = _joined(whole, (rows.stop - rows.start, columns.stop - columns.start))
        out.append((again, at_ns))
    return out


def _patches(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return (n, 192) float32 of pixels; sides must be multiples of a patch."""
    height, width = pixels.shape[:2]
    cut = pixels.reshape(height // PATCH_PX, PATCH_PX, width // PATCH_PX, PATCH_PX, 3)
    return cut.transpose(0, 2, 1, 3, 4).reshape(-1, PATCH_PX * PATCH_PX * 3).astype(np.float32)


def _joined(patches: NDArray[np.float32], shape: tuple[int, int]) -> NDArray[np.uint8]:
    height, width = shape
    cut = patches.reshape(height // PATCH_PX, width // PATCH_PX, PATCH_PX, PATCH_PX, 3)
    whole = cut.transpose(0, 2, 1, 3, 4).reshape(height, width, 3)
    return np.asarray(np.clip(whole, 0, 255), np.uint8)


def filmed(pixels: Pixels) -> Pixels:
    """Imitate a screen filmed by hand.

    It is seen from the side and below, with moire, other light, blur and noise.
    """
    height, width = pixels.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[2, 1.2], [-1, 0.4], [-0.6, -1], [1.4, -0.3]], np.float32) * _KEYSTONE / 2
    seen_at = corners + inwards * np.array([width, height], np.float32)
    warp = cv2.getPerspectiveTransform(corners, seen_at)
    shown = cv2.warpPerspective(pixels, warp, (width, height), flags=cv2.INTER_LINEAR, borderValue=(20, 20, 20))
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    moire = _MOIRE_LEVELS * np.sin(x / 5.3 + y / 17) * np.sin(y / 4.1 - x / 23)
    light = cv2.GaussianBlur(shown, (0, 0), 1.0).astype(np.float32) * 0.85 + 12 + moire[..., None]
    grain = np.random.default_rng(int(pixels[::97, ::89].sum())).normal(0, 2, (height, width, 1))
    filmed_pixels: Pixels = np.clip(light + grain, 0, 255).astype(np.uint8)
    return filmed_pixels
