"""Sample a picture at fractional coordinates."""

from typing import Any, Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

_NO_SECOND_MAP: Final[Any] = None
"""OpenCV accepts only None here, which its type stubs do not state."""


Values = TypeVar("Values", NDArray[np.uint8], NDArray[np.float32])


def look_up(picture: Values, places_xy: NDArray[np.float32], out: Values | None = None) -> Values:
    """Return bilinear colours (h, w, c) of a picture at places (h, w, 2) in pixels.

    The border is replicated. Four channels cost a third of three. `out` (h, w, c) is written when given.
    """
    found = cv2.remap(picture, places_xy, _NO_SECOND_MAP, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, picture.dtype)


LEAP: Final = 6.0
"""Distance in a texture between neighbouring pixels, in what it is on a face seen from the front: more is an edge."""
_TURNED: Final = 0.3
"""Depth from ear to ear over the width of the mesh from which on a face hides a part of itself."""


def is_turned(points: NDArray[np.float32], ears: tuple[int, int]) -> bool:
    """Whether a mesh (n, 3) with these two ears hides a part of itself."""
    away = points[ears[0]] - points[ears[1]]
    return bool(abs(away[2]) > _TURNED * np.hypot(away[0], away[1]))


def enlarge_places(places: NDArray[np.float32], size_wh: tuple[int, int], leap_px: float) -> NDArray[np.float32]:
    """Return places (h, w, 2) at another size, softly but not across edges.

    Where a near part of a mesh hides a far one, or the mesh ends, neighbours read distant places. Halfway between them
    is a third place, which would be drawn as a line along the edge.

    Args:
        places: Where each pixel reads a picture.
        size_wh: Width and height to return.
        leap_px: How far a soft place may be from the nearest given one.
    """
    soft = np.asarray(cv2.resize(places, size_wh), np.float32)
    hard = np.asarray(cv2.resize(places, size_wh, interpolation=cv2.INTER_NEAREST), np.float32)
    away = cv2.absdiff(soft, hard)
    farthest = np.asarray(cv2.max(cv2.extractChannel(away, 0), cv2.extractChannel(away, 1)), np.float32)
    leaps = (farthest > leap_px).astype(np.uint8)
    cv2.copyTo(hard, leaps, soft)
    return soft
