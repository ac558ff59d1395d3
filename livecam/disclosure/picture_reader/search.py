"""Find the marked picture by its own pilots.

It searches the usual place first, then every scale and shift, mirrored or not.
"""

from functools import lru_cache
from typing import Final

import numpy as np

from livecam.disclosure.picture.layout import choose_layout
from livecam.disclosure.picture_reader.carrier_detection import Window
from livecam.disclosure.picture_reader.decoding import decode, score_places
from livecam.disclosure.picture_reader.hill_climb import CellAnswers, Found, read_cells, refine
from livecam.disclosure.picture_reader.pilots import PilotSearch
from livecam.disclosure.picture_reader.place import CellReader, Place

_PEAKS_TRIED: Final = 24
_PEAKS_REFINED: Final = 2


@lru_cache(maxsize=2)
def reader_of(tall: bool) -> CellReader:
    """Return the reader of wide pictures, or of tall ones."""
    return CellReader(choose_layout(tall))


@lru_cache(maxsize=2)
def pilots_of(size_wh: tuple[int, int]) -> PilotSearch:
    """Return the public pilots in windows of a size."""
    return PilotSearch(reader_of(tall=size_wh[1] > size_wh[0]), size_wh)


def search_whole(window: Window, reader: CellReader) -> Found:
    """Return the better of the whole picture, plain or mirrored."""
    width, height = window.size_wh
    whole = (Place(0, 0, width, height, mirrored) for mirrored in (False, True))
    return max(((decode(reader.cells(window.waves, p), reader.plan), p) for p in whole), key=_score)


def search_all(answers: CellAnswers, reader: CellReader, pilots: PilotSearch) -> Found:
    """Return the best of every scale and shift, mirrored or not."""
    peaks = sorted(pilots.peaks(answers.whole[0]), key=lambda peak: -peak[0])[:_PEAKS_TRIED]
    cells = [read_cells(answers.of(answers.whole, place, reader), [place], reader)[0, 0] for _, place in peaks]
    most = np.argsort(-score_places(np.stack(cells), reader.plan))[:_PEAKS_REFINED]
    return search_near(answers, reader, [peaks[n][1] for n in most])


def search_near(answers: CellAnswers, reader: CellReader, places: list[Place]) -> Found:
    """Return the best place near any of these."""
    _, best = max((refine(answers, reader, place) for place in places), key=lambda refined: refined[0])
    return decode(reader.cells(answers.waves, best), reader.plan), best


def _score(found: Found) -> float:
    return found[0].score
