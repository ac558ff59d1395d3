"""A coarse fingerprint of the face in a photo: it knows the same photo saved again, scaled, cut or mirrored."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels

BITS: Final = 512
SAME_PHOTO_BITS: Final = 40
"""At most so many bits differ between copies of one photo. Of 129 portraits, saved at JPEG quality 60, scaled, cut or
brightened, 99 % differ in at most 21, 20, 30 and 43 bits; among 644 portraits no two differ in fewer than 59."""
_CELLS: Final = 16
_CELL_PX: Final = 8
_EYES: Final = (33, 263)
_EYE_DISTANCE_SHARE: Final = 1 / 2.4
_EYES_HEIGHT_SHARE: Final = 0.38

Print = NDArray[np.bool_]


def photo_print(pixels: Pixels, points: Points) -> Print:
    """(512,) whether brightness rises from cell to cell of the level face, to the right and downwards.

    Args:
        pixels: (h, w, 3) the photo.
        points: (468, 2) the mesh in it.
    """
    side_px = _CELL_PX * (_CELLS + 1)
    right, left = (points[place, :2].astype(np.float64) for place in _EYES)
    across = left - right
    distance_px = max(float(np.hypot(*across)), 1.0)
    scale = side_px * _EYE_DISTANCE_SHARE / distance_px
    cos, sin = across / distance_px * scale
    linear = np.array([[cos, sin], [-sin, cos]])
    offset = np.array([side_px / 2, side_px * _EYES_HEIGHT_SHARE]) - linear @ (right + left) / 2
    if scale < 1:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), 0.5 / scale), np.uint8)
    level = cv2.warpAffine(
        pixels, np.column_stack([linear, offset]), (side_px, side_px), borderMode=cv2.BORDER_REPLICATE
    )
    grey = cv2.cvtColor(level, cv2.COLOR_BGR2GRAY).astype(np.float32)
    cells = cv2.resize(grey, (_CELLS + 1, _CELLS + 1), interpolation=cv2.INTER_AREA)
    return np.concatenate([
        (np.diff(cells, axis=1)[:_CELLS] > 0).ravel(),
        (np.diff(cells, axis=0)[:, :_CELLS] > 0).ravel(),
    ])  # fmt: skip


def mirrored_print(pixels: Pixels, points: Points) -> Print:
    """The fingerprint of the mirrored photo; arguments as in `photo_print`."""
    turned = points.copy()
    turned[:, 0] = pixels.shape[1] - 1 - turned[:, 0]
    turned[list(_EYES)] = turned[list(reversed(_EYES))]
    return photo_print(np.ascontiguousarray(pixels[:, ::-1]), turned)


def print_to_hex(bits: Print) -> str:
    """128 hexadecimal digits."""
    return np.packbits(bits).tobytes().hex()


def print_from_hex(text: str) -> Print:
    """The fingerprint again.

    Raises:
        ValueError: Not 128 hexadecimal digits.
    """
    packed = bytes.fromhex(text)
    if len(packed) * 8 != BITS:
        raise ValueError(f"a fingerprint has {BITS} bits, got {len(packed) * 8}")
    return np.unpackbits(np.frombuffer(packed, np.uint8)).astype(bool)
