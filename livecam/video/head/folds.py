"""Fade the folds of a smile in the photo of a head: lips at rest would keep them."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.expression import read_expression
from livecam.core.face import Points

Map = NDArray[np.float32]

_FOLDS: Final = (
    (129, 203, 206, 216, 212, 202, 210, 211, 204, 57, 186, 92, 165, 98),
    (358, 423, 426, 436, 432, 422, 430, 431, 424, 287, 410, 322, 391, 327),
)
"""Rings from the nose's wings past the mouth's corners, right and left."""
_FADED: Final = 0.75
_FINE, _BROAD, _SOFT = 0.005, 0.055, 0.025
"""Of a fold, of what is round it, and of the edge of its place, in face heights."""
_FLOOR: Final = np.float32(4)


def fade_folds(colours: Map, points: NDArray[np.float32], shape: Points | None) -> Map:
    """Return colours (h, w, 3) of a photo without most of the folds of its smile.

    Args:
        colours: 0..255.
        points: (468, 2) mesh in the photo.
        shape: (468, 3) the face unposed, from which the smile is read.
    """
    smile = 0.0 if shape is None else read_expression(shape).smile
    if smile == 0:
        return colours
    height = float(np.ptp(points[:, 1]))
    mask = np.zeros(colours.shape[:2], np.float32)
    for ring in _FOLDS:
        cv2.fillConvexPoly(mask, cv2.convexHull(np.round(points[list(ring)]).astype(np.int32)), 1.0)
    share = cv2.GaussianBlur(mask, (0, 0), _SOFT * height)[..., None] * np.float32(_FADED * smile)
    logs = np.log(colours + _FLOOR)
    fold = cv2.GaussianBlur(logs, (0, 0), _FINE * height) - cv2.GaussianBlur(logs, (0, 0), _BROAD * height)
    return np.asarray(np.clip(np.exp(logs - share * fold) - _FLOOR, 0, 255), np.float32)
