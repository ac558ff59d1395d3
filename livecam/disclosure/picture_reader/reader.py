"""Read the in-picture mark of a run of pictures, window by window."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.disclosure.picture_reader.carrier_detection import Window, window_of, work_luma
from livecam.disclosure.picture_reader.hill_climb import CellAnswers, Found
from livecam.disclosure.picture_reader.place import Place
from livecam.disclosure.picture_reader.search import pilots_of, reader_of, search_all, search_near, search_whole

WINDOW_NS: Final = 8 * NS_PER_S
HOP_NS: Final = 4 * NS_PER_S
# One unmarked window in a million reaches these: `docs/mark-format.md` says how that was found.
STRAIGHT_THRESHOLD: Final = 12.0
SEARCHED_THRESHOLD: Final = 14.5
SEARCHES: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class MarkReading:
    """The reading of a window of pictures.

    Attributes:
        begin_ns: Time of its first picture.
        marked: Whether its score is above the threshold of the search that found it.
        score: How well all cells agree, in standard deviations of unmarked ones.
        threshold: The score that one unmarked window in a million reaches.
        payload: The message, where all its bits agree with its CRC.
        place: Where the marked picture is, in shares of the picture's width and height.
        bits: The 32 bits, whether they agree with their CRC or not.
        margins: (32,) how clearly each bit was decided.
        agreed: (rows, columns) how far each cell of the mark oscillates along the message; negative against it.
    """

    begin_ns: int
    marked: bool
    score: float
    threshold: float
    payload: MarkPayload | None
    place: Place
    bits: tuple[int, ...]
    margins: NDArray[np.float32]
    agreed: NDArray[np.float32]


class MarkReader:
    """Takes pictures as they come, and returns a reading of every full window."""

    def __init__(self, searches: int = SEARCHES) -> None:
        """Start without pictures.

        Scaled, shifted and cut pictures are searched in `searches` windows, at a few seconds each.
        """
        self._searches = searches
        self._known: Place | None = None
        self._lumas: list[NDArray[np.uint8]] = []
        self._times_ns: list[int] = []
        self._unread = 0

    def add(self, pixels: Pixels, at_ns: int) -> MarkReading | None:
        """Add a picture, (h, w, 3) uint8 BGR; return a reading when a window ends.

        A picture of another size begins a new window.
        """
        luma = work_luma(pixels)
        if self._lumas and self._lumas[0].shape != luma.shape:
            self._forget(len(self._lumas))
            self._known = None
        reading = None
        if self._times_ns and at_ns - self._times_ns[0] >= WINDOW_NS:
            reading = self._read()
            self._forget(sum(time_ns < self._times_ns[0] + HOP_NS for time_ns in self._times_ns))
        self._lumas.append(luma)
        self._times_ns.append(at_ns)
        self._unread += 1
        return reading

    def finish(self) -> MarkReading | None:
        """Return a reading of what came after the last full window.

        It includes what overlaps that window; None when it is too short.
        """
        return self._read() if self._unread else None

    def _forget(self, count: int) -> None:
        del self._lumas[:count], self._times_ns[:count]

    def _read(self) -> MarkReading | None:
        self._unread = 0
        window = window_of(np.stack(self._lumas), np.array(self._times_ns, np.int64))
        return None if window is None else self._reading(window, self._times_ns[0])

    def _reading(self, window: Window, begin_ns: int) -> MarkReading:
        found, threshold = self._find_place(window)
        decision, place = found
        width, height = window.size_wh
        shares = place.exchange(place.left / width, place.top / height, place.width / width, place.height / height)
        marked = decision.score >= threshold
        payload = decision.payload if marked else None
        columns, rows = reader_of(tall=height > width).plan.grid_wh
        agreed = decision.agreed.reshape(rows, columns)
        return MarkReading(
            begin_ns, marked, decision.score, threshold, payload, shares, decision.bits, decision.margins, agreed
        )

    def _find_place(self, window: Window) -> tuple[Found, float]:
        """Return the best place with its threshold.

        It tries the whole picture, the earlier place, then everywhere.
        """
        reader = reader_of(tall=window.size_wh[1] > window.size_wh[0])
        found = search_whole(window, reader)
        if found[0].score >= STRAIGHT_THRESHOLD:
            return found, STRAIGHT_THRESHOLD
        if self._known is not None:
            found = search_near(CellAnswers(window), reader, [self._known])
        elif self._searches:
            self._searches -= 1
            found = search_all(CellAnswers(window), reader, pilots_of(window.size_wh))
        if found[0].score >= SEARCHED_THRESHOLD:
            self._known = found[1]
        return found, SEARCHED_THRESHOLD


def read_marks(pictures: Iterator[tuple[Pixels, int]], searches: int = SEARCHES) -> Iterator[MarkReading]:
    """Yield the readings of a run of pictures, each with its time in nanoseconds."""
    reader = MarkReader(searches)
    for pixels, at_ns in pictures:
        if (reading := reader.add(pixels, at_ns)) is not None:
            yield reading
    if (reading := reader.finish()) is not None:
        yield reading
