"""Detect the plates AI MODIFIED and AI GENERATED in a picture, in any language."""

import math
from collections.abc import Iterable
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
# Which plate is the most similar shows in a quarter of the pixels; whether it is one is asked of all of them.
_CHOICE_PX = 180
# A band much wider than any screen would be blown up without end: it is looked at in less detail.
_MOST_SHAPE: Final = 2.4
_DRAWN_PX = 72
# Plates reach 0.82 in small pictures of the worst quality, and pictures without one 0.66.
_WORTH_IT: Final = 0.74
_NOTHING_LIKE_IT: Final = 0.0
# A cut picture shows the plate larger, one with bars smaller.
_SCALES = tuple(0.7 * 1.06**n for n in range(11))


def match_label(pixels: Pixels, text: str = PLATE_TEXT) -> float:
    """Return how well the best place of a picture matches the label: -1..1.

    The picture is (h, w, 3) uint8 BGR, mirrored or not.
    """
    return _match(_fit(pixels, _SHORT_PX), text, 1, _SHORT_PX)


def _choose_label(pixels: Pixels, texts: Iterable[str]) -> str:
    """Return the text of the plate that is the most similar."""
    grey = _fit(pixels, _CHOICE_PX)
    return max(texts, key=lambda text: (_match(grey, text, 2, _CHOICE_PX), text))


def _fit(pixels: Pixels, short_px: int) -> NDArray[np.uint8]:
    """Return a picture in grey, (h, w) uint8, with a short side of so many pixels."""
    height, width = pixels.shape[:2]
    scale = min(short_px / min(height, width), short_px * math.sqrt(_MOST_SHAPE / (height * width)))
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), size_wh, interpolation=how), np.uint8)


def _match(grey: NDArray[np.uint8], text: str, every: int, short_px: int) -> float:
    """Return the likeness in one of so many sizes."""
    return max(_likeness(grey, shown) for shown in _templates(text, every, short_px))


class LabelReader:
    """Searches for the label in one picture after the other.

    It searches in English, and in the first few pictures in every language.
    """

    def __init__(self, tries: int = 2, sparing: bool = False) -> None:
        """Start without a known language.

        All languages are searched in `tries` pictures. `sparing` looks closely only where a small picture shows
        something like a plate; other pictures get a likeness below the threshold.
        """
        self._text, self._tries, self._sparing = PLATE_TEXT, tries, sparing

    @property
    def label(self) -> Label:
        """The label of the most similar plate."""
        return all_plates()[self._text]

    def likeness(self, pixels: Pixels) -> float:
        """Match as `match_label`, in the known language or the best one."""
        if self._sparing and not self._is_worth_it(pixels):
            return _NOTHING_LIKE_IT
        best = match_label(pixels, self._text)
        if best >= _CERTAIN or self._tries == 0:
            return best
        self._tries -= 1
        texts = all_plates().keys() - {self._text}
        text = _choose_label(pixels, texts)
        other = match_label(pixels, text)
        if other >= LIKENESS_THRESHOLD and other > best:
            self._text = text
        return max(best, other)

    def _is_worth_it(self, pixels: Pixels) -> bool:
        """Whether a small picture has a place like the plate.

        While languages are tried, the plate of any counts.
        """
        texts = all_plates().keys() if self._tries else [self._text]
        grey = _fit(pixels, _CHOICE_PX)
        found = any(_match(grey, text, 2, _CHOICE_PX) >= _WORTH_IT for text in texts)
        self._tries -= 0 if found or not self._tries else 1
        return found


def _likeness(grey: NDArray[np.uint8], shown: NDArray[np.uint8]) -> float:
    if shown.shape[0] > grey.shape[0] or shown.shape[1] > grey.shape[1]:
        return -1.0
    return float(np.max(cv2.matchTemplate(grey, shown, cv2.TM_CCOEFF_NORMED)))


@lru_cache(maxsize=2 * len(all_plates()))
def _templates(text: str, every: int, short_px: int) -> tuple[NDArray[np.uint8], ...]:
    """Return the label in every size for such a picture, and mirrored."""
    drawn = cv2.cvtColor(render_label(_DRAWN_PX, text), cv2.COLOR_BGR2GRAY)
    sizes = [short_px * PLATE_SHARE * scale / _DRAWN_PX for scale in _SCALES[::every]]
    upright = [cv2.resize(drawn, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for size in sizes]
    return tuple(np.asarray(side, np.uint8) for shown in upright for side in (shown, cv2.flip(shown, 1)))
