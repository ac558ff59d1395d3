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
