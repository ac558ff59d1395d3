"""Read the in-picture mark of a run of pictures, window by window."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.video.mark_reader.place import Place
from livecam.video.mark_reader.search import reader_of, searched, straight
from livecam.video.mark_reader.waves import window_of, work_luma

WINDOW_NS: Final = 8 * NS_PER_S
HOP_NS: Final = 4 * NS_PER_S
# One unmarked window in a million reaches these: `docs/mark-format.md` says how that was found.
STRAIGHT_THRESHOLD: Final = 11.0
SEARCHED_THRESHOLD: Final = 13.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What a window of pictures says.

    Attributes:
        begin_ns: Time of its first picture.
        marked: Whether its score is above the threshold of the way it was found.
        score: How well all cells agree, in standard deviations of unmarked ones.
        threshold: The score that one unmarked window in a million reaches.
        payload: The message, where all its bits agree with its CRC.
        place: Where the marked picture lies, in shares of the picture's width and height.
    """

    begin_ns: int
    marked: bool
    score: float
    threshold: float
    payload: MarkPayload | None
    place: Place


class MarkReader:
    """Takes pictures as they come and gives a reading whenever a window is full."""

    def __init__(self, search: bool = True) -> None:
        """`search`: whether scaled, shifted and cut pictures are looked for; a few seconds per window."""
        self._search = search
        self._lumas: list[NDArray[np.uint8]] = []
        self._times_ns: list[int] = []
        self._unread = 0

    def add(self, pixels: Pixels, at_ns: int) -> Reading | None:
        """One more picture, (h, w, 3) uint8 BGR; a reading when it completes a window.

        A picture of another size begins a new window.
        """
        luma = work_luma(pixels)
        if self._lumas and self._lumas[0].shape != luma.shape:
            self._forget(len(self._lumas))
        reading = None
        if self._times_ns and at_ns - self._times_ns[0] >= WINDOW_NS:
            reading = self._read()
            self._forget(sum(time_ns < self._times_ns[0] + HOP_NS for time_ns in self._times_ns))
        self._lumas.append(luma)
        self._times_ns.append(at_ns)
        self._unread += 1
        return reading

    def rest(self) -> Reading | None:
        """A reading of what came after the last full window, with what overlaps it; None when that is too short."""
        return self._read() if self._unread else None

    def _forget(self, count: int) -> None:
        del self._lumas[:count], self._times_ns[:count]

    def _read(self) -> Reading | None:
        self._unread = 0
        return read_window(np.stack(self._lumas), np.array(self._times_ns, np.int64), self._search)


def read_window(lumas: NDArray[np.uint8], times_ns: NDArray[np.int64], search: bool = True) -> Reading | None:
    """The reading of one window of lumas as `work_luma` makes them; None when it is too short or too sparse."""
    window = window_of(lumas, times_ns)
    if window is None:
        return None
    width, height = window.size_wh
    reader = reader_of(tall=height > width)
    (decision, place), threshold = straight(window, reader), STRAIGHT_THRESHOLD
    if decision.score < threshold and search:
        (decision, place), threshold = searched(window, reader), SEARCHED_THRESHOLD
    shares = place.moved(place.left / width, place.top / height, place.width / width, place.height / height)
    marked = decision.score >= threshold
    return Reading(int(times_ns[0]), marked, decision.score, threshold, decision.payload if marked else None, shares)


def readings(pictures: Iterator[tuple[Pixels, int]], search: bool = True) -> Iterator[Reading]:
    """The readings of a whole run of pictures, each with its time in nanoseconds."""
    reader = MarkReader(search)
    for pixels, at_ns in pictures:
        if (reading := reader.add(pixels, at_ns)) is not None:
            yield reading
    if (reading := reader.rest()) is not None:
        yield reading
