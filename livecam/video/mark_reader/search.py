"""Find the marked picture by its own pilots: where it usually is, then at every scale and shift, mirrored or not."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.video.mark.layout import PILOT, layout
from livecam.video.mark_reader.decide import Decision, decide
from livecam.video.mark_reader.place import CELL_PX, CellReader, Place
from livecam.video.mark_reader.waves import Waves, Window

SMALLEST, LARGEST = 0.66, 1.4
_SCALE_STEP: Final = 1.014
_ASPECTS = (16 / 9, 4 / 3)
_PEAKS_TRIED, _PEAKS_REFINED = 24, 4
# A cut may take this much of the marked picture, and no more is looked for.
_LEAST_SHARE: Final = 0.5
_FIRST_STEP_PX, _LAST_STEP_PX = 3.0, 0.4
_RASTER_PX = 512

Found = tuple[Decision, Place]


@lru_cache(maxsize=4)
def reader_of(tall: bool) -> CellReader:
    """The reader of wide pictures, or of tall ones."""
    return CellReader(layout(tall))


def straight(window: Window, reader: CellReader) -> Found:
    """The better of the whole picture as it is and mirrored."""
    width, height = window.size_wh
    whole = (Place(0, 0, width, height, mirrored) for mirrored in (False, True))
    return max(((decide(reader.cells(window.waves, p), reader.plan), p) for p in whole), key=_score)


def searched(window: Window, reader: CellReader) -> Found:
    """The best of every scale from SMALLEST to LARGEST, every shift, both ways round."""
    together = window.waves.sum(0, keepdims=True)
    peaks = sorted(_peaks(together[0], reader), key=lambda peak: -peak[0])[:_PEAKS_TRIED]
    scored = sorted((_tried(together, reader, place) for _, place in peaks), key=_score, reverse=True)
    refined = [refine(window.waves, reader, place) for _, place in scored[:_PEAKS_REFINED]]
    return max(refined, key=_score, default=straight(window, reader))


def refine(waves: Waves, reader: CellReader, place: Place) -> Found:
    """Climb from a place to the best one near it."""
    best = _tried(waves, reader, place)
    step = _FIRST_STEP_PX
    while step >= _LAST_STEP_PX:
        nearer = max((_tried(waves, reader, other) for other in _around(best[1], step)), key=_score)
        if nearer[0].score > best[0].score:
            best = nearer
        else:
            step /= 2
    return best


def _around(place: Place, step: float) -> Iterator[Place]:
    """Each edge, and each pair of opposite edges, moved by a step."""
    left, top, width, height = place.left, place.top, place.width, place.height
    for by in (-step, step):
        yield place.moved(left + by, top, width, height)
        yield place.moved(left, top + by, width, height)
        yield place.moved(left - by, top, width + 2 * by, height)
        yield place.moved(left, top - by, width, height + 2 * by)
        yield place.moved(left - by, top - by * height / width, width + 2 * by, height * (width + 2 * by) / width)


def _tried(waves: Waves, reader: CellReader, place: Place) -> Found:
    return decide(reader.cells(waves, place), reader.plan), place


def _score(found: Found) -> float:
    return found[0].score


def _peaks(wave: NDArray[np.complex64], reader: CellReader) -> Iterator[tuple[float, Place]]:
    """The strongest answer of the pilots at each scale, with the place it means."""
    height, width = wave.shape
    for mirrored in (False, True):
        seen = np.fft.fft2(wave[:, ::-1] if mirrored else wave, (_RASTER_PX, _RASTER_PX))
        for size_wh in _sizes(width, height):
            pilots = _pilots(reader, size_wh)
            answer = np.abs(np.fft.ifft2(seen * pilots))
            top, left = np.unravel_index(int(answer.argmax()), answer.shape)
            shift_x, shift_y = _signed(int(left), width), _signed(int(top), height)
            if mirrored:
                shift_x = width - shift_x - size_wh[0]
            place = Place(shift_x, shift_y, *size_wh, mirrored)
            if place.share_within(width, height) >= _LEAST_SHARE:
                yield float(answer[top, left]), place


def _sizes(width: int, height: int) -> Iterator[tuple[int, int]]:
    """Sizes the marked picture may have: its own shape, or another usual one with bars or cut sides."""
    shapes = [width / height, *(a for a in _ASPECTS if width >= height and abs(a - width / height) > 0.02)]
    for shape in shapes:
        scale = SMALLEST
        while scale <= LARGEST:
            yield round(width * scale), round(width * scale / shape)
            scale *= _SCALE_STEP


def _pilots(reader: CellReader, size_wh: tuple[int, int]) -> NDArray[np.complex64]:
    """The pilots alone at a size, as the conjugate of their spectrum, at unit energy."""
    pilots = reader.signed * (reader.plan.bit == PILOT).repeat(CELL_PX, 0).repeat(CELL_PX, 1)
    template = cv2.resize(pilots, size_wh, interpolation=cv2.INTER_AREA)[:_RASTER_PX, :_RASTER_PX]
    spectrum = np.fft.fft2(template, (_RASTER_PX, _RASTER_PX)).conj()
    return np.asarray(spectrum / np.linalg.norm(template), np.complex64)


def _signed(shift: int, size: int) -> int:
    """A circular shift as a small one to either side."""
    return shift - _RASTER_PX if shift > size else shift
