"""Shut the drawn eyes with the live ones.

Where the live lids nearly meet, the drawn ones meet in a line of lashes.
"""

from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels

_WIDEST_DECAY: Final = 0.9995
_SHUT, _OPEN = 0.34, 0.66
"""Shares of the widest opening for a shut and for an unchanged eye.

Below the first an eye is shut; above the second it is drawn as it is.
"""
_LOWER_SHARE: Final = 0.12
_FOLD_SHARE: Final = 0.35
_SEAM_FROM: Final = 0.35
_COVER_WIDTH, _LASH_WIDTH = 0.11, 0.045
"""Share of the eye's width."""
_LID_COVER: Final = 0.85
"""How much of a shut lid is bare skin.

The photo's eye is open, and shows only the shadow of the fold and the lashes where the lid unrolls.
"""
_LID_FROM_FOLD: Final = 0.12
"""How far the skin begins from the line of lashes, which stays."""
_LID_FULL_AT: Final = 0.5
"""How far an eye is shut when its lid is skin in full: it unrolls from the first movement on."""
_LASH_SHADE: Final = np.float32(0.45)
"""Most brightness of lashes over the skin's: in a dark room they are no lighter than it."""
_LID_SOFTNESS: Final = 0.05
"""Of the lid's edge, in widths of the eye; the fold stays a soft shadow."""
_SHIFT: Final = 3


class Eye(NamedTuple):
    """Point numbers of an eye.

    Seven along each lid from its outer corner, nine of the seam, skin above and below, and bare skin of the cheek.
    """

    upper: NDArray[np.int32]
    lower: NDArray[np.int32]
    seam: NDArray[np.int32]
    fold: NDArray[np.int32]
    below: NDArray[np.int32]
    cheek: NDArray[np.int32]
    opening: tuple[int, int, int, int]

    @property
    def around(self) -> NDArray[np.int32]:
        """Every point that moves when the eye shuts."""
        return np.concatenate([self.seam, self.upper, self.fold])


EYES: Final = (
    Eye(
        topology.RIGHT_EYE[:8:-1],
        topology.RIGHT_EYE[1:8],
        topology.RIGHT_EYE[:9],
        topology.RIGHT_UPPER_LID[:7],
        topology.RIGHT_LOWER_LID,
        np.array([117, 118, 119, 120, 229, 230], np.int32),
        topology.RIGHT_EYE_OPENING,
    ),
    Eye(
        topology.LEFT_EYE[:8:-1],
        topology.LEFT_EYE[1:8],
        topology.LEFT_EYE[:9],
        topology.LEFT_UPPER_LID[:7],
        topology.LEFT_LOWER_LID,
        np.array([346, 347, 348, 349, 449, 450], np.int32),
        topology.LEFT_EYE_OPENING,
    ),
)


class Eyelids:
    """Measures how far each eye is shut against how wide it has been.

    Attributes:
        shut: (2,) right and left, 0..1.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget how wide the eyes can be."""
        self.shut = np.zeros(2, np.float32)
        self._widest = [0.0, 0.0]

    def update(self, points: Points) -> None:
        """Measure the live points (468, 3)."""
        for side, eye in enumerate(EYES):
            now = topology.opening_ratio(points, eye.opening)
            self._widest[side] = max(now, self._widest[side] * _WIDEST_DECAY)
            share = now / max(self._widest[side], 1e-3)
            self.shut[side] = np.clip((_OPEN - share) / (_OPEN - _SHUT), 0, 1)


def shut_eyelids(points: Points, shut: NDArray[np.float32]) -> None:
    """Close the lids of points (n >= 468, 3) by `shut` (2,), in place.

    The fold above follows.
    """
    for eye, share in zip(EYES, shut, strict=True):
        if share > 0:
            gap = points[eye.lower] - points[eye.upper]
            points[eye.upper] += gap * np.float32(share * (1 - _LOWER_SHARE))
            points[eye.lower] -= gap * np.float32(share * _LOWER_SHARE)
            points[eye.fold] += gap * np.float32(share * _FOLD_SHARE)


def draw_seams(picture: Pixels, points: Points, shut: NDArray[np.float32], dark: float) -> None:
    """Draw shut eyes into a picture (h, w, 3 or 4).

    Skin covers the rest of the texture's own eye, and a line has lashes.

    Args:
        picture: The drawn texture, written in place.
        points: (n >= 468, 3) in its pixels, lids brought together.
        shut: (2,) how far each eye is shut.
        dark: Level of all colours of a lash line.
    """
    size_wh = np.array([picture.shape[1], picture.shape[0]])
    for eye, share in zip(EYES, shut, strict=True):
        if share <= 0:
            continue
        seam = points[eye.seam, :2]
        width = float(np.linalg.norm(seam[0] - seam[-1]))
        reach = np.concatenate([seam, points[eye.fold, :2]])
        corner = np.maximum(np.floor(reach.min(0) - width / 4).astype(int), 0)
        end = np.minimum(np.ceil(reach.max(0) + width / 4).astype(int), size_wh)
        if (end - corner).min() < 2:
            continue
        place = picture[corner[1] : end[1], corner[0] : end[0], :3]
        upper, fold = points[eye.upper, :2], points[eye.fold, :2]
        skin = _read_mean(picture, points[eye.cheek, :2])
        lid = np.concatenate([fold, (upper + (fold - upper) * np.float32(_LID_FROM_FOLD))[::-1]]) - corner
        _fill(place, lid, width * _LID_SOFTNESS, skin, min(float(share) / _LID_FULL_AT, 1) * _LID_COVER)
        strength = (float(share) - _SEAM_FROM) / (1 - _SEAM_FROM)
        if strength <= 0:
            continue
        _stroke(place, seam - corner, width * _COVER_WIDTH, skin, strength)
        _stroke(place, seam - corner, width * _LASH_WIDTH, np.minimum(dark, skin * _LASH_SHADE), strength)


def _read_mean(picture: Pixels, places: NDArray[np.floating]) -> NDArray[np.float32]:
    """Return the mean colour (3,) of a picture at places (n, 2)."""
    last = np.array([picture.shape[1], picture.shape[0]]) - 1
    x, y = np.clip(np.round(places).astype(int), 0, last).T
    return np.asarray(picture[y, x, :3].mean(0), np.float32)


def _fill(
    place: Pixels, edge: NDArray[np.floating], soft_px: float, colour: NDArray[np.floating], strength: float
) -> None:
    """Draw a soft polygon (n, 2) of some colour and strength 0..1; in place."""
    mask = np.zeros(place.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.round(edge * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
    _mix_in(place, cv2.GaussianBlur(mask, (0, 0), max(soft_px, 0.7)), colour, strength)


def _stroke(
    place: Pixels, line: NDArray[np.floating], width: float, colour: NDArray[np.floating], strength: float
) -> None:
    """Draw a soft line (n, 2) of some width, colour and strength 0..1; in place."""
    mask = np.zeros(place.shape[:2], np.uint8)
    fixed = np.round(line * (1 << _SHIFT)).astype(np.int32)
    cv2.polylines(mask, [fixed], False, 255, max(round(width), 1), cv2.LINE_AA, _SHIFT)
    _mix_in(place, cv2.GaussianBlur(mask, (3, 3), 0), colour, strength)


def _mix_in(place: Pixels, mask: NDArray[np.generic], colour: NDArray[np.floating], strength: float) -> None:
    """Mix a colour (3,) into a picture by a mask 0..255 and strength 0..1; in place."""
    alpha = mask.astype(np.float32)[..., None] * np.float32(strength / 255)
    place[:] = np.round(place + alpha * (colour.astype(np.float32) - place))
