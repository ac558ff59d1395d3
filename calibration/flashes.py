"""Compute the age of pictures from flashes seen and beeps heard. Pure."""

from dataclasses import dataclass, field
from statistics import median
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.errors import DeviceError
from livecam.core.frame import Frame

LEAST_PAIRS: Final = 8
_GRID_WH: Final = (32, 18)
_LEAST_SWING: Final = 20.0
_LEAST_LOUD: Final = 4.0
_WITHIN_NS: Final = 450 * NS_PER_MS
_APART_NS: Final = 300 * NS_PER_MS
_MOST_SPREAD_MS: Final = 15.0
_AGAIN: Final = "play the clip nearer and louder, in a darker room: livecam calibrate avsync --write flash.mp4"


@dataclass(frozen=True, slots=True)
class Offset:
    """What was found.

    Attributes:
        offset_ms: By how much pictures are older than their stamps, as `--av-offset` takes it.
        spread_ms: Median distance of a single pair from that.
        pairs: Flashes with their beeps.
    """

    offset_ms: float
    spread_ms: float
    pairs: int


@dataclass(slots=True)
class FlashDetector:
    """Brightness over the picture, frame by frame."""

    stamps_ns: list[int] = field(default_factory=list)
    grids: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, frame: Frame) -> None:
        """Take in a frame."""
        small = cv2.resize(frame.pixels, _GRID_WH, interpolation=cv2.INTER_AREA)
        self.stamps_ns.append(frame.captured_ns)
        self.grids.append(small.mean(2, dtype=np.float32).ravel())

    def find_onsets_ns(self) -> list[int]:
        """Return when the picture became bright, by the stamps.

        That is half-way between a dark picture and a bright one.
        """
        if len(self.grids) < 2:
            return []
        grids = np.stack(self.grids)
        low, high = np.percentile(grids, (10, 97), axis=0)
        swing = high - low
        if swing.max() < _LEAST_SWING:
            return []
        flashing = swing > swing.max() / 2
        share = ((grids - low)[:, flashing] / swing[flashing]).mean(1)
        rises = np.flatnonzero((share[:-1] < 0.5) & (share[1:] >= 0.5))
        found = []
        for before in rises.tolist():
            part = (0.5 - share[before]) / (share[before + 1] - share[before])
            begin_ns, end_ns = self.stamps_ns[before], self.stamps_ns[before + 1]
            found.append(begin_ns + round(float(part) * (end_ns - begin_ns)))
        return _first_of_each(found)


@dataclass(slots=True)
class BeepDetector:
    """Loudness, millisecond by millisecond."""

    stamps_ns: list[int] = field(default_factory=list)
    loudness: list[float] = field(default_factory=list)
    _last: float = 0.0

    def add(self, block: AudioBlock) -> None:
        """Take in a block of whole milliseconds."""
        sound = block.samples[:, 0].astype(np.float64)
        # What rumbles is not the beep: the difference of neighbours falls off below a few hundred hertz.
        change = np.diff(sound, prepend=self._last)
        self._last = float(sound[-1]) if len(sound) else self._last
        step = block.rate_hz // 1000
        for number in range(len(sound) // step):
            self.stamps_ns.append(block.captured_ns + number * NS_PER_MS)
            self.loudness.append(float(np.sqrt(np.mean(change[number * step : (number + 1) * step] ** 2))))

    def find_onsets_ns(self) -> list[int]:
        """Return when the sound became loud."""
        if not self.loudness:
            return []
        loud = np.asarray(self.loudness)
        top, floor = np.percentile(loud, 98), np.median(loud)
        if top < _LEAST_LOUD * floor or top == 0:
            return []
        level = (top + floor) / 2
        rises = np.flatnonzero((loud[:-1] < level) & (loud[1:] >= level)) + 1
        return _first_of_each([self.stamps_ns[at] for at in rises])


def _first_of_each(onsets_ns: list[int]) -> list[int]:
    """Return those that do not follow another at once: an echo, a flicker."""
    kept: list[int] = []
    for onset_ns in onsets_ns:
        if not kept or onset_ns - kept[-1] > _APART_NS:
            kept.append(onset_ns)
    return kept


def pair_onsets_ns(seen: FlashDetector, heard: BeepDetector) -> list[int]:
    """Return by how much each flash comes after the beep next to it."""
    beeps = heard.find_onsets_ns()
    nearest = [min((flash - beep for beep in beeps), key=abs, default=NS_PER_S) for flash in seen.find_onsets_ns()]
    return [apart for apart in nearest if abs(apart) <= _WITHIN_NS]


def compute_offset(seen: FlashDetector, heard: BeepDetector) -> Offset:
    """Return the offset of pictures against sound.

    Raises:
        DeviceError: Too few flashes or beeps, or they do not belong together.
    """
    apart = pair_onsets_ns(seen, heard)
    if len(apart) < LEAST_PAIRS:
        flashes, beeps = len(seen.find_onsets_ns()), len(heard.find_onsets_ns())
        raise DeviceError(f"{flashes} flashes were seen and {beeps} beeps heard: {LEAST_PAIRS} of each", advice=_AGAIN)
    middle = median(apart)
    spread_ms = median(abs(each - middle) for each in apart) / NS_PER_MS
    if spread_ms > _MOST_SPREAD_MS:
        raise DeviceError(f"flashes and beeps differ by {spread_ms:.0f} ms from one to the next", advice=_AGAIN)
    return Offset(round(middle / NS_PER_MS, 1), round(spread_ms, 1), len(apart))
