"""Check whether a texture repeats the live face.

The search covers moved, scaled, turned, mirrored, blurred and inverted copies.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points, find_bounds
from livecam.core.frame import Pixels

Patch = NDArray[np.float32]

MOST_ALIKE: Final = ((0.0, 0.76), (3.0, 0.76), (8.0, 0.65))
"""Pairs of blur and correlation from which a texture repeats the live face.

Blur is a standard deviation in pixels of a crop 256 wide. Personas drawn on the live face reach 0.71, 0.70 and 0.53.
Echoes have more in one of the three.
"""
TURNED_ALIKE: Final = 0.7
"""The same for a turned or mirrored live face, blurred by 3.

Personas reach 0.59, such echoes have 0.78 at least.
"""
_TURNS_DEG: Final = (-10.0, -5.0, 5.0, 10.0)
_SCALES: Final = tuple(np.geomspace(0.8, 1.25, 7).tolist())
_SIDE_PX, _SHIFT_PX = 40, 7
"""The inner face, and the searched offset: 20 pixels of a crop 256 wide."""
_WIDE_PX: Final = _SHIFT_PX + 6
"""Margin of a patch that is turned by ten degrees."""
_INNER: Final = 0.72
_DETAIL_SD_PX: Final = 2.0
_LEAST_SD: Final = 0.02
_FACE_OF_CROP: Final = 0.7
"""Share of a crop's width that the face's box covers."""


class LivePatches:
    """The live face at several blurs, turned and mirrored, with a margin.

    A texture made for it is searched in it.
    """

    def __init__(self, pixels: Pixels, points: Points) -> None:
        """Keep the patches of a frame (h, w, 3) with the face at points (468, 2)."""
        crop_px = float(np.max(points.max(0) - points.min(0))) / _FACE_OF_CROP
        self._patches = [
            (_patch(pixels, points, _SHIFT_PX, blur_sd_px=blur * crop_px / 256), most) for blur, most in MOST_ALIKE
        ]
        plain = _plain(pixels, points, _WIDE_PX, 1.0, blur_sd_px=3 * crop_px / 256)
        sides = np.maximum(points.max(0) - points.min(0), 1)
        self._turned = [_turn_patch(plain, sides, turn) for turn in _TURNS_DEG]
        self._mirrored = _turn_patch(np.ascontiguousarray(plain[:, ::-1]), sides, 0.0)

    def has_echo(self, pixels: Pixels, points: Points) -> bool:
        """Whether a texture (h, w, 3) with points (468, 2) repeats the live face."""
        made = [_patch(pixels, points, 0, scale=scale) for scale in _SCALES]
        if any(_similarity(live, one) >= most for live, most in self._patches for one in made):
            return True
        unscaled = len(_SCALES) // 2
        turned = [(live, made[unscaled]) for live in self._turned]
        mirrored = [(self._mirrored, one) for one in made[unscaled - 1 : unscaled + 2]]
        return any(_similarity(live, one) >= TURNED_ALIKE for live, one in turned + mirrored)


def _similarity(live: Patch, made: Patch) -> float:
    """Return the highest similarity to the live face or its negative, 0..1.

    0 for a patch of one colour.
    """
    if min(float(np.std(made)), float(np.std(live))) < _LEAST_SD:
        return 0.0
    found = np.abs(cv2.matchTemplate(live, made, cv2.TM_CCOEFF_NORMED))
    return float(np.max(np.nan_to_num(found, posinf=0.0)))


def _patch(pixels: Pixels, points: Points, margin_px: int, scale: float = 1.0, blur_sd_px: float = 0.0) -> Patch:
    """Return high-passed brightness (40 + 2 m, 40 + 2 m) of the inner face."""
    return _detail(_plain(pixels, points, margin_px, scale, blur_sd_px))


def _detail(plain: Patch) -> Patch:
    return np.asarray(plain - cv2.GaussianBlur(plain, (0, 0), _DETAIL_SD_PX), np.float32)


def _plain(pixels: Pixels, points: Points, margin_px: int, scale: float, blur_sd_px: float) -> Patch:
    """Return (40 + 2 m, 40 + 2 m) brightness of the inner face."""
    low, high = find_bounds(points)
    side = _SIDE_PX + 2 * margin_px
    step = np.maximum((high - low) * _INNER * scale / _SIDE_PX, 1e-3)
    left, top = (low + high) / 2 - step * (side - 1) / 2
    grey, (x0, y0) = _around(pixels, (left, top), step * side, blur_sd_px)
    shrunk = 0.5 * float(np.max(step)) if np.max(step) > 1 else 0.0
    sd_px = float(np.hypot(shrunk, blur_sd_px))
    if sd_px > 0:
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), sd_px), np.float32)
    to_source = np.array([[step[0], 0, left - x0], [0, step[1], top - y0]], np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    patch = cv2.warpAffine(grey, to_source, (side, side), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(patch, np.float32)


def _turn_patch(plain: Patch, sides: Points, turn_deg: float) -> Patch:
    """Return (54, 54) detail of a rotated patch.

    `sides` (2,) is the face's box, which a patch scales to a square.
    """
    turn, side = np.radians(turn_deg), _SIDE_PX + 2 * _SHIFT_PX
    wider = sides[0] / sides[1]
    linear = np.array([[np.cos(turn), -np.sin(turn) / wider], [np.sin(turn) * wider, np.cos(turn)]])
    shift = np.full(2, (len(plain) - 1) / 2) - linear @ np.full(2, (side - 1) / 2)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    to_plain = np.column_stack([linear, shift]).astype(np.float32)
    return _detail(np.asarray(cv2.warpAffine(plain, to_plain, (side, side), flags=flags), np.float32))


def _around(
    pixels: Pixels, corner: tuple[float, float], size: Points, blur_sd_px: float
) -> tuple[Patch, tuple[int, int]]:
    """Return a region's brightness with the margin of a blur, and its origin."""
    reach = 4 + int(3 * blur_sd_px)
    height, width = pixels.shape[:2]
    x0, y0 = (int(np.clip(c - reach, 0, most - 1)) for c, most in zip(corner, (width, height), strict=True))
    x1 = int(np.clip(corner[0] + size[0] + reach, x0 + 1, width))
    y1 = int(np.clip(corner[1] + size[1] + reach, y0 + 1, height))
    part = cv2.cvtColor(np.ascontiguousarray(pixels[y0:y1, x0:x1]), cv2.COLOR_BGR2GRAY)
    return np.asarray(part, np.float32), (x0, y0)
