"""Detect the plates AI MODIFIED and AI GENERATED in a picture, in any language."""

import math
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.core.label import Label
from livecam.disclosure.picture.label import PLATE_SHARE, PLATE_TEXT, render_label
from livecam.disclosure.picture.label_text import all_plates

LIKENESS_THRESHOLD: Final = 0.62
# Above it no other plate is looked for: plates that share most of their letters stay below it.
_CERTAIN: Final = 0.85
_SHORT_PX = 360
# A band much wider than any screen would be blown up without end: it is looked at in less detail.
_MOST_PX: Final = 360 * 864
_DRAWN_PX = 72
# A cut picture shows the plate larger, one with bars smaller.
_SCALES = tuple(0.7 * 1.06**n for n in range(11))


def match_label(pixels: Pixels, text: str = PLATE_TEXT, every: int = 1) -> float:
    """Return how well the best place of a picture matches the label: -1..1.

    The picture is (h, w, 3) uint8 BGR, mirrored or not. `every` uses one of so many sizes.
    """
    height, width = pixels.shape[:2]
    scale = min(_SHORT_PX / min(height, width), math.sqrt(_MOST_PX / (height * width)))
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size_wh, interpolation=how)
    return max(_likeness(np.asarray(grey, np.uint8), shown) for shown in _templates(text, every))


class LabelReader:
    """Searches for the label in one picture after the other.

    It searches in English, and in the first few pictures in every language.
    """

    def __init__(self, tries: int = 2) -> None:
        """Start without a known language.

        All languages are searched in `tries` pictures, at some tenths of a second each.
        """
        self._text, self._tries = PLATE_TEXT, tries

    @property
    def label(self) -> Label:
        """The label of the most similar plate."""
        return all_plates()[self._text]

    def likeness(self, pixels: Pixels) -> float:
        """Match as `match_label`, in the known language or the best one."""
        best = match_label(pixels, self._text)
        if best >= _CERTAIN or self._tries == 0:
            return best
        self._tries -= 1
        texts = all_plates().keys() - {self._text}
        _, text = max((match_label(pixels, text, every=2), text) for text in texts)
        other = match_label(pixels, text)
        if other >= LIKENESS_THRESHOLD and other > best:
            self._text = text
        return max(best, other)


def _likeness(grey: NDArray[np.uint8], shown: NDArray[np.uint8]) -> float:
    if shown.shape[0] > grey.shape[0] or shown.shape[1] > grey.shape[1]:
        return -1.0
    return float(np.max(cv2.matchTemplate(grey, shown, cv2.TM_CCOEFF_NORMED)))


@lru_cache(maxsize=2 * len(all_plates()))
def _templates(text: str, every: int) -> tuple[NDArray[np.uint8], ...]:
    """Return the label in every size for a picture of _SHORT_PX, and mirrored."""
    drawn = cv2.cvtColor(render_label(_DRAWN_PX, text), cv2.COLOR_BGR2GRAY)
    sizes = [_SHORT_PX * PLATE_SHARE * scale / _DRAWN_PX for scale in _SCALES[::every]]
    upright = [cv2.resize(drawn, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for size in sizes]
    return tuple(np.asarray(side, np.uint8) for shown in upright for side in (shown, cv2.flip(shown, 1)))
