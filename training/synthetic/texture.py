"""Sample a texture at a list of places."""

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
ROW = 1024


def sample(texture: Floats, uv: Floats) -> Floats:
    """Return bilinear values (n, c) of a (h, w, c) texture at places (n, 2).

    Places are in 0..1, v upwards, and repeat beyond.
    """
    if len(uv) == 0:
        return np.zeros((0, texture.shape[2]), np.float32)
    height, width = texture.shape[:2]
    count, channels = len(uv), texture.shape[2]
    places = np.zeros((-(-count // ROW) * ROW, 2), np.float32)
    places[:count, 0] = (uv[:, 0] % 1.0) * (width - 1)
    places[:count, 1] = (1.0 - uv[:, 1] % 1.0) * (height - 1)
    found = cv2.remap(texture, places.reshape(-1, ROW, 2), None, cv2.INTER_LINEAR)
    return np.asarray(found.reshape(-1, channels)[:count], np.float32)
