"""Close mouth and eyes of a texture where they are shut on the live face.

A texture squeezed into a line shows lips or lid then, not teeth.
"""

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import LEFT_EYE_OPENING, MOUTH_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.video.atlas.unroll import atlas_of

Floats = NDArray[np.float32]
_RAMPS: Final = ((MOUTH_OPENING, 0.02, 0.08), (RIGHT_EYE_OPENING, 0.07, 0.13), (LEFT_EYE_OPENING, 0.07, 0.13))
"""Points of each opening, and the height over width at which it is shut and open."""
_SEAM: Final = 0.75
"""Brightness of the line between closed lips or lids, over that of the skin next to it."""


def measure_open(points: Points) -> tuple[float, float, float]:
    """Return how far mouth, right eye and left eye of a mesh (468, 2 or 3) are open.

    0 is shut, 1 open.
    """
    shares = [np.clip((opening_ratio(points, four) - low) / (high - low), 0, 1) for four, low, high in _RAMPS]
    return float(shares[0]), float(shares[1]), float(shares[2])


def close_openings(picture: Pixels, points: Points) -> Pixels:
    """Return an atlas picture (n, n, 3) with shut openings closed.

    Each gets the colour of the skin next to it.

    Args:
        picture: In the atlas; is not changed.
        points: (468, 2 or 3) the live mesh, which says what is shut.
    """
    shares = measure_open(points)
    if min(shares) >= 1:
        return picture
    closed = picture.copy()
    for number, share in enumerate(shares, 1):
        if share >= 1:
            continue
        inside, near = _seam_of(picture.shape[0], number)
        seam = picture[near].astype(np.float32) * np.float32(_SEAM)
        closed[inside] = np.rint(seam + np.float32(share) * (picture[inside] - seam))
    return closed


def settle(detail: Pixels, trust: Floats, points: Points) -> tuple[Pixels, Floats]:
    """Return an atlas picture with shut openings closed.

    And how well each texel is known (n, n).

    A shut opening is squeezed into a line and shows smear. Closed, it is known as well as the skin next to it.

    Args:
        detail: (n, n, 3) uint8 in the atlas; is not changed.
        trust: (n, n) 0..1 how well each texel is seen.
        points: (468, 2 or 3) the mesh of the same picture.
    """
    openings, known = atlas_of(detail.shape[0]).openings, trust.copy()
    for number, share in enumerate(measure_open(points), 1):
        inside = openings == number
        known[inside] = 1 - (1 - known[inside]) * np.float32(share)
    return close_openings(detail, points), known


Texels = tuple[NDArray[np.intp], NDArray[np.intp]]


@cache
def _seam_of(size_px: int, number: int) -> tuple[Texels, Texels]:
    """Return an opening's texels (rows, columns).

    For each it also returns the nearest texel outside the opening.
    """
    mask = atlas_of(size_px).openings == number
    wide = cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8))
    _, labels = cv2.distanceTransformWithLabels(wide, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    labels = np.asarray(labels)
    outside = np.argwhere(wide == 0)
    of_label = np.zeros(int(np.max(labels)) + 1, np.intp)
    of_label[labels[wide == 0]] = np.arange(len(outside))
    rows, columns = outside[of_label[labels[mask]]].T
    inside_rows, inside_columns = np.nonzero(mask)
    return (inside_rows, inside_columns), (rows, columns)
