"""Strength of a codec's 8 px grid in a face and in the rest of the picture."""

from typing import Final

import cv2
import numpy as np

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import OVAL

_PERIOD: Final = 8
_INNER: Final = 0.7
_LEAST_PX: Final = 3 * _PERIOD
_FLOOR: Final = 0.05


def measure_grid(pixels: Pixels, points: Points) -> tuple[float, float]:
    """Return how much stronger steps across the grid are than between.

    As logarithms, of the face (468, 3) and of the rest; NaN where a part is too small.
    """
    oval = points[OVAL, :2]
    middle, reach = oval.mean(0), np.ptp(oval, axis=0) / 2 * _INNER
    size = np.array([pixels.shape[1], pixels.shape[0]])
    low, high = (np.clip(corner, 0, size).astype(int) for corner in (middle - reach, middle + reach))
    if (high - low).min() < _LEAST_PX:
        return float("nan"), float("nan")
    grey = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.int16)
    across, down = np.abs(np.diff(grey, axis=1)), np.abs(np.diff(grey, axis=0))
    face = np.zeros(grey.shape, bool)
    face[low[1] : high[1], low[0] : high[0]] = True
    values = []
    for inside in (face, ~face):
        lines = _by_phase(across, inside[:, 1:], 1) + _by_phase(down, inside[1:], 0)
        between = np.delete(lines, _PERIOD - 1)
        values.append(float(np.log((lines[_PERIOD - 1] + _FLOOR) / (between.mean() + _FLOOR))))
    return values[0], values[1]


def _by_phase(steps: np.ndarray, inside: np.ndarray, axis: int) -> np.ndarray:
    """Return the mean step (8,) by its place in the grid.

    A step across the grid has place 7.
    """
    along = 1 - axis
    total, count = np.where(inside, steps, 0).sum(along), inside.sum(along)
    places = np.arange(len(total)) % _PERIOD
    sums = np.bincount(places, total, _PERIOD)
    return np.asarray(sums / np.maximum(np.bincount(places, count, _PERIOD), 1))
