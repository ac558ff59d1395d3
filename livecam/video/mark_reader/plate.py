"""See the plate "AI MODIFIED" in a picture."""

from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.video.mark.plate import PLATE_SHARE, plate

LIKENESS_THRESHOLD: Final = 0.62
_SHORT_PX = 360
_DRAWN_PX = 72
# A cut picture shows the plate larger, one with bars smaller.
_SCALES = tuple(0.7 * 1.06**n for n in range(11))


def plate_likeness(pixels: Pixels) -> float:
    """How well the best place of a picture, (h, w, 3) uint8 BGR, matches the plate: -1..1, mirrored or not."""
    scale = _SHORT_PX / min(pixels.shape[:2])
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), None, fx=scale, fy=scale, interpolation=how)
    return max(_likeness(np.asarray(grey, np.uint8), shown) for shown in _plates())


def _likeness(grey: NDArray[np.uint8], shown: NDArray[np.uint8]) -> float:
    if shown.shape[0] > grey.shape[0] or shown.shape[1] > grey.shape[1]:
        return -1.0
    return float(cv2.matchTemplate(grey, shown, cv2.TM_CCOEFF_NORMED).max())


@lru_cache(maxsize=1)
def _plates() -> tuple[NDArray[np.uint8], ...]:
    """The plate in every size it may have in a picture of _SHORT_PX, and mirrored."""
    drawn = cv2.cvtColor(plate(_DRAWN_PX), cv2.COLOR_BGR2GRAY)
    sizes = [_SHORT_PX * PLATE_SHARE * scale / _DRAWN_PX for scale in _SCALES]
    upright = [cv2.resize(drawn, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for size in sizes]
    return tuple(np.asarray(side, np.uint8) for shown in upright for side in (shown, cv2.flip(shown, 1)))
