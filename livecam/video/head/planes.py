"""Masks and maps as bytes and floats: compared, and resized."""

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.uint8]


def above(values: NDArray[np.float32], limit: float) -> Mask:
    """Return 255 where a map (h, w) is above a limit, else 0."""
    return np.asarray((values > limit).astype(np.uint8) * np.uint8(255), np.uint8)


def enlarge(values: Mask, size_wh: tuple[int, int]) -> Mask:
    """Return bytes (h, w) or (h, w, 3) at another size, softly."""
    return np.asarray(cv2.resize(values, size_wh), np.uint8)
