"""Strength of fine detail and of change, in the face and around it."""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.verify.signs.face_patch import FacePatch, Mask

_SIGMAS: Final = (0.8, 1.6, 3.2)
_GRAIN_SIGMA: Final = 1.0
_EVERY: Final = 2
"""Of rows and of columns, for medians: a quarter of the pixels says the same."""
Floats = NDArray[np.float32]


def measure_bands(patch: FacePatch) -> Floats:
    """Return the mean strength of detail (2, 3): skin and ring, fine to coarse."""
    grey = cv2.cvtColor(patch.pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)
    levels = [grey, *(cv2.GaussianBlur(grey, (0, 0), sigma) for sigma in _SIGMAS)]
    bands = [np.abs(one - other) for one, other in pairwise(levels)]
    return np.array([[cv2.mean(band, mask)[0] for band in bands] for mask in (patch.skin, patch.ring)], np.float32)


def measure_change(patch: FacePatch, last: Pixels) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return change and grain since the last picture (h, w, 3).

    Each in levels, of the skin and of the ring.
    """
    before = cv2.cvtColor(patch.cut_same_place(last), cv2.COLOR_BGR2GRAY)
    now = cv2.cvtColor(patch.pixels, cv2.COLOR_BGR2GRAY)
    step = now.astype(np.float32) - before
    fine = np.abs(step - cv2.GaussianBlur(step, (0, 0), _GRAIN_SIGMA))
    whole = np.abs(step)
    regions = (patch.skin, patch.ring)
    change, grain = [cv2.mean(whole, mask)[0] for mask in regions], [_low(fine, mask) for mask in regions]
    return (change[0], change[1]), (grain[0], grain[1])


def _low(values: Floats, mask: Mask) -> float:
    """Return the median in a mask, which edges in motion hardly change."""
    inside = values[::_EVERY, ::_EVERY][mask[::_EVERY, ::_EVERY] > 0]
    return float(np.median(inside)) if inside.size else float("nan")
