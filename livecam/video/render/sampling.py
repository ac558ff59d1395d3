"""Read a picture at fractional places."""

from typing import Any, Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

_NO_SECOND_MAP: Final[Any] = None
"""OpenCV takes None here, and only None; its type stubs do not know."""


Values = TypeVar("Values", NDArray[np.uint8], NDArray[np.float32])


def look_up(picture: Values, places_xy: NDArray[np.float32], out: Values | None = None) -> Values:
    """Bilinear colours (h, w, c) of a picture at places (h, w, 2) in its pixels.

    Beyond it its border continues.

    Four channels cost a third of three. `out` (h, w, c) is written when given.
    """
    found = cv2.remap(picture, places_xy, _NO_SECOND_MAP, cv2.INTER_LINEAR, dst=out, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, picture.dtype)
