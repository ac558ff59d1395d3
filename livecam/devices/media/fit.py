"""Bring a picture to a size it does not have without distorting it."""

import cv2
import numpy as np

from livecam.core.frame import Pixels


def fit_pixels(pixels: Pixels, size_wh: tuple[int, int]) -> Pixels:
    """Scale a picture into a frame, black where it does not reach.

    Args:
        pixels: (h, w, 3) uint8.
        size_wh: Width and height wanted.

    Returns:
        (height, width, 3) uint8; `pixels` itself where it already has the size.
    """
    height, width = pixels.shape[:2]
    if (width, height) == size_wh:
        return pixels
    scale = min(size_wh[0] / width, size_wh[1] / height)
    inner_w, inner_h = max(1, round(width * scale)), max(1, round(height * scale))
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    scaled = np.asarray(cv2.resize(pixels, (inner_w, inner_h), interpolation=how), np.uint8)
    if (inner_w, inner_h) == size_wh:
        return scaled
    framed = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
    left, top = (size_wh[0] - inner_w) // 2, (size_wh[1] - inner_h) // 2
    framed[top : top + inner_h, left : left + inner_w] = scaled
    return framed
