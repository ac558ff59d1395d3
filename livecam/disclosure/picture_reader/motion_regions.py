"""Find the parts of a screen that move, which show a meeting or a player."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels

_KEPT_PX = 960
# What does not change on a screen does not change by a single level; a video does, all over, if only by its codec.
_MOVED_LEVELS = 1
_CLOSE_PX = 5
_LEAST_SHARE = 0.01
_PARTS_AT_MOST = 4

Box = tuple[int, int, int, int]


class MotionRegions:
    """Keeps small grey pictures, and where in them anything moved.

    Pictures have at most _KEPT_PX.
    """

    def __init__(self) -> None:
        self._kept: list[tuple[NDArray[np.uint8], int]] = []

    def keep(self, pixels: Pixels, at_ns: int) -> None:
        """Remember a picture, (h, w, 3) uint8 BGR."""
        grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY)
        scale = min(1.0, _KEPT_PX / max(grey.shape))
        small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        self._kept.append((np.asarray(small, np.uint8), at_ns))

    @property
    def whole(self) -> Box:
        """The whole screen."""
        height, width = self._kept[0][0].shape
        return 0, 0, width, height

    def find_regions(self) -> list[Box]:
        """Return left, top, width and height of moving patches, the largest first."""
        if len(self._kept) < 2:
            return []
        lowest = highest = self._kept[0][0]
        for grey, _ in self._kept:
            lowest, highest = np.minimum(lowest, grey), np.maximum(highest, grey)
        moved = ((highest - lowest) >= _MOVED_LEVELS).astype(np.uint8)
        closed = cv2.morphologyEx(moved, cv2.MORPH_CLOSE, np.ones((_CLOSE_PX, _CLOSE_PX), np.uint8))
        _, _, found, _ = cv2.connectedComponentsWithStats(closed)
        patches = [stats for stats in found[1:] if stats[cv2.CC_STAT_AREA] >= _LEAST_SHARE * moved.size]
        patches.sort(key=lambda stats: -int(stats[cv2.CC_STAT_AREA]))
        return [(int(left), int(top), int(wide), int(tall)) for left, top, wide, tall, _ in patches[:_PARTS_AT_MOST]]

    def cut(self, part: Box) -> Iterator[tuple[Pixels, int]]:
        """Yield the kept pictures, cut to this region."""
        left, top, width, height = part
        for grey, at_ns in self._kept:
            shown = np.ascontiguousarray(grey[top : top + height, left : left + width])
            yield np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2BGR), np.uint8), at_ns
