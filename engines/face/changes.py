"""Detect changes since the last full look, away from the faces that were seen."""

import math
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceBox

CELLS_WH = (48, 28)
LEAST_CHANGE, AT_BRIGHTNESS = 12.0, 100.0
"""Grey levels by which a cell changes that must be looked at, in a picture of that mean brightness."""
FAINTEST_CHANGE = 2.5
AROUND = 0.6, 0.6, 0.6, 0.5
"""How far beyond its box a head may move unseen: left, up, right, down, in widths and heights of the box."""
SHOULDERS = 0.8
"""Widths to either side of a face below which its body is."""
Pixels = NDArray[np.uint8]
Cells = NDArray[np.float32]


class GridChanges:
    """Compares small pictures, cell by cell; the brightness of the whole may change."""

    def __init__(self) -> None:
        self._before: Cells | None = None

    def remember(self, cells: Cells) -> None:
        """Take in what a full look saw."""
        self._before = cells

    def has_change(self, cells: Cells, faces: Sequence[FaceBox], size_wh: tuple[int, int]) -> bool:
        """Whether a cell away from the faces changed.

        Their boxes are in pixels of a picture of this size.
        """
        if self._before is None or self._before.shape != cells.shape:
            return True
        change = cells - self._before
        change -= _median(change)
        least = max(LEAST_CHANGE * min(1.0, float(cells.mean()) / AT_BRIGHTNESS), FAINTEST_CHANGE)
        changed = np.abs(change) > least
        return bool(changed.any()) and bool(changed[_away_from(faces, size_wh)].any())


def to_cells(picture: Pixels) -> Cells:
    """Return the grey levels of a (h, w, 3) picture in 28 x 48 cells."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, CELLS_WH, interpolation=cv2.INTER_AREA), np.float32)


def _median(values: Cells) -> float:
    """Return the median of an even number of values, in a third of NumPy's time."""
    middle = values.size // 2
    return float(np.partition(values, (middle - 1, middle), axis=None)[middle - 1 : middle + 1].mean())


def _away_from(faces: Sequence[FaceBox], size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the cells (28, 48) that no followed head and body is in."""
    away = np.ones(CELLS_WH[::-1], np.bool_)
    for face in faces:
        left, top, right, bottom = face.box_xyxy.tolist()
        width, height = right - left, bottom - top
        columns = _in_cells(left - AROUND[0] * width, right + AROUND[2] * width, size_wh[0], CELLS_WH[0])
        away[_in_cells(top - AROUND[1] * height, bottom + AROUND[3] * height, size_wh[1], CELLS_WH[1]), columns] = False
        columns = _in_cells(left - SHOULDERS * width, right + SHOULDERS * width, size_wh[0], CELLS_WH[0])
        away[_in_cells(bottom, bottom, size_wh[1], CELLS_WH[1]).start :, columns] = False
    return away


def _in_cells(begin: float, end: float, size_px: int, cells: int) -> slice:
    """Return the cells that a stretch of a side covers."""
    scale = cells / size_px
    return slice(int(min(max(begin * scale, 0.0), cells)), math.ceil(min(max(end * scale, 0.0), cells)))
