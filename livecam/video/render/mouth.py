"""The inside of a mouth that opens wider than in its photo."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels

_OPEN_FROM: Final = (0.03, 0.12)
_SHOWS_TEETH: Final = 0.08
_DARK: Final = np.array([30, 24, 50], np.float32)
_TEETH_SHARE: Final = 0.42
_TEETH_OF_WIDTH: Final = 0.16
_TEETH_TINT: Final = np.array([0.86, 0.94, 0.98], np.float32)
_BRIGHTEST: Final = 225.0
_BRIGHTER_THAN_SKIN: Final = 1.1
_LIT, _SHADE = np.float32(0.95), np.float32(0.45)
_MARGIN_PX: Final = 4
Ring = NDArray[np.float32]


class Mouth:
    """Paints a mouth's inside.

    It has the photo's own teeth where it shows them, else drawn ones, with dark behind.

    Args:
        still: The whole picture at rest.
        rest: (468, 3) the face in it.
    """

    def __init__(self, still: Pixels, rest: Points) -> None:
        self._still = still
        self._ring = rest[topology.INNER_LIPS, :2]
        self._had = topology.opening_ratio(rest, topology.MOUTH_OPENING)
        self._teeth_colour = _TEETH_TINT * min(_BRIGHTER_THAN_SKIN * _brightness(still, rest), _BRIGHTEST)

    def paint(self, picture: Pixels, points: Points) -> None:
        """Fill the mouth of the face (468, 3) in place, as far as it is open."""
        low, high = _OPEN_FROM
        opened = topology.opening_ratio(points, topology.MOUTH_OPENING) - self._had
        share = float(np.clip((opened - low) / (high - low), 0, 1))
        ring = points[topology.INNER_LIPS, :2]
        corner = np.maximum(np.floor(ring.min(0)).astype(int) - _MARGIN_PX, 0)
        end = np.minimum(np.ceil(ring.max(0)).astype(int) + _MARGIN_PX, [picture.shape[1], picture.shape[0]])
        if share <= 0 or (end - corner).min() < 2 * _MARGIN_PX:
            return
        lips = picture[corner[1] : end[1], corner[0] : end[0]]
        mask = _filled(ring - corner, lips.shape[:2], softness_px=1.2) * np.float32(share)
        own = self._had > _SHOWS_TEETH
        inside = self._own_teeth(ring, corner, lips) if own else self._draw_teeth(ring - corner, lips)
        lips[:] = np.round(lips + mask * (inside - lips))

    def _own_teeth(self, ring: Ring, corner: NDArray[np.int_], lips: Pixels) -> Ring:
        """Return the photo's open mouth, unstretched below the moved upper lip.

        Below it the mouth is dark.
        """
        upper = slice(len(ring) // 2 + 1, None)
        wide = float(np.ptp(ring[:, 0])) / max(float(np.ptp(self._ring[:, 0])), 1.0)
        start, end = self._ring[upper].mean(0), ring[upper].mean(0) - corner
        move = np.array([[wide, 0, end[0] - wide * start[0]], [0, 1, end[1] - start[1]]])
        size = (lips.shape[1], lips.shape[0])
        teeth = cv2.warpAffine(self._still, move, size, borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
        there = self._ring @ move[:, :2].T + move[:, 2]
        height = float(np.ptp(there[:, 1]))
        shown = _filled(there.astype(np.float32), lips.shape[:2], softness_px=max(height / 8, 1.0))
        return np.asarray(_DARK + shown * (teeth - _DARK), np.float32)

    def _draw_teeth(self, ring: Ring, lips: Pixels) -> Ring:
        """Return a row of teeth under the upper lip; dark below."""
        half = len(ring) // 2
        upper = ring[[0, *range(len(ring) - 1, half - 1, -1)]]
        gap, span = float(np.ptp(ring[:, 1])), float(np.ptp(ring[:, 0]))
        drop = min(_TEETH_SHARE * gap, _TEETH_OF_WIDTH * span)
        lower = upper + np.array([0, drop], np.float32)
        above = upper - np.array([0, drop / 3], np.float32)
        edge = np.concatenate([above, lower[::-1]])
        middle = edge.mean(0)
        narrowed = np.asarray(middle + (edge - middle) * np.array([0.86, 1], np.float32), np.float32)
        shown = _filled(narrowed, lips.shape[:2], softness_px=max(drop / 7, 0.8))
        across = (np.arange(lips.shape[1], dtype=np.float32) - middle[0]) / np.float32(span / 2)
        shown = shown * (_LIT - _SHADE * across**2)[None, :, None]
        return np.asarray(_DARK + shown * (self._teeth_colour - _DARK), np.float32)


def _filled(ring: Ring, size_hw: tuple[int, ...], softness_px: float) -> Ring:
    """Return (h, w, 1) 0..1 inside a loop (n, 2), with a soft edge."""
    mask = np.zeros(size_hw, np.uint8)
    cv2.fillPoly(mask, [np.round(ring * 16).astype(np.int32)], 255, shift=4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), softness_px), np.float32)[..., None] / np.float32(255)


def _brightness(still: Pixels, rest: Points) -> float:
    """Return the brightness of lit skin on the nose."""
    column, row = np.round(rest[topology.NOSE_RIDGE[-1], :2]).astype(int)
    patch = still[max(row - 4, 0) : row + 5, max(column - 4, 0) : column + 5]
    return float(np.percentile(patch, 90)) if patch.size else _BRIGHTEST
