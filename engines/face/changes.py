"""Detect changes since the last full look, away from the faces that were seen."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import FaceBox

CELLS_WH = (48, 28)
LEAST_CHANGE, AT_BRIGHTNESS = 12.0, 100.0
"""Grey levels by which a cell changes that must be looked at, in a picture of that mean brightness."""
FAINTEST_CHANGE = 2.5
AROUND = np.array([0.6, 0.6, 0.6, 0.5], np.float32)
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
        change -= np.median(change)
        least = max(LEAST_CHANGE * min(1.0, float(cells.mean()) / AT_BRIGHTNESS), FAINTEST_CHANGE)
        return bool((np.abs(change) > least)[_away_from(faces, size_wh)].any())


def to_cells(picture: Pixels) -> Cells:
    """Return the grey levels of a (h, w, 3) picture in 28 x 48 cells."""
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    return np.asarray(cv2.resize(grey, CELLS_WH, interpolation=cv2.INTER_AREA), np.float32)


def _away_from(faces: Sequence[FaceBox], size_wh: tuple[int, int]) -> NDArray[np.bool_]:
    """Return the cells (28, 48) that no followed head and body is in."""
    away = np.ones(CELLS_WH[::-1], np.bool_)
    for face in faces:
        width, height = face.box_xyxy[2:] - face.box_xyxy[:2]
        reach = AROUND * np.array([-width, -height, width, height], np.float32)
        left, top, right, bottom = _in_cells(face.box_xyxy + reach, size_wh)
        away[top:bottom, left:right] = False
        body = face.box_xyxy[[0, 3, 2, 3]] + np.array([-SHOULDERS * width, 0, SHOULDERS * width, 0], np.float32)
        left, top, right, _ = _in_cells(body, size_wh)
        away[top:, left:right] = False
    return away


def _in_cells(box_xyxy: NDArray[np.float32], size_wh: tuple[int, int]) -> tuple[int, int, int, int]:
    scale = np.array(CELLS_WH * 2) / np.array(size_wh * 2)
    left, top, right, bottom = np.clip(box_xyxy * scale, 0, CELLS_WH * 2)
    return int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
