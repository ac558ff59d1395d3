"""One mark per period of the voice, each in step with the one before."""

from typing import Final, NamedTuple

import numpy as np

from engines.voice.grain.frames import HOP, RATE_HZ, Floats
from engines.voice.grain.pitch import LOOK_AHEAD_FRAMES

_STRAY: Final = 0.15
"""Share of a period by which a mark may leave the place the pitch gives it; and what a full period of it costs."""


class PitchMark(NamedTuple):
    """The middle of one grain.

    Attributes:
        place: Samples of the analysis rate since the stream began; between samples where the voice is periodic.
        period: Distance from the one before, in samples; by the pitch at the first.
        pitch_hz: 0 when unvoiced.
        frame: Index of its frame.
    """

    place: float
    period: float
    pitch_hz: float
    frame: int


class MarkFinder:
    """Walks along the low-passed voice."""

    def __init__(self) -> None:
        self._next = 0.0
        self._last: PitchMark | None = None

    def step(self, frame: int, pitch_hz: float, low: Floats, low_begin: int) -> list[PitchMark]:
        """Return marks of one frame.

        Args:
            frame: Index of the frame; frames come in order.
            pitch_hz: Its pitch, 0 when unvoiced.
            low: Low-passed samples up to `LOOK_AHEAD_FRAMES` frames after this one's centre.
            low_begin: Index in the stream of the first of them.
        """
        found: list[PitchMark] = []
        while self._next < (frame + 1) * HOP:
            if pitch_hz:
                mark = self._voiced(frame, pitch_hz, low, low_begin)
            else:
                mark = PitchMark(self._next, float(HOP), 0.0, frame)
            self._last, self._next = mark, mark.place + mark.period
            found.append(mark)
        return found

    def _voiced(self, frame: int, pitch_hz: float, low: Floats, low_begin: int) -> PitchMark:
        period = RATE_HZ / pitch_hz
        if self._last is None or not self._last.pitch_hz:
            begin = int(self._next) - low_begin
            place = float(low_begin + begin + int(np.argmax(low[begin : begin + int(period)])))
        else:
            place = self._in_step(self._last.place, period, low, low_begin)
            period = place - self._last.place
        return PitchMark(place, period, pitch_hz, frame)

    def _in_step(self, last: float, period: float, low: Floats, low_begin: int) -> float:
        half, reach = int(period) // 2, int(period * _STRAY) + 1
        base = round(last) - low_begin
        expected = base + round(period)
        begin, end = expected - reach - half, expected + reach + half
        if base - half < 0 or end > len(low):
            return last + period
        model, line = low[base - half : base + half], low[begin:end]
        products = np.correlate(line, model, "valid")
        sums = np.concatenate([[0.0], np.cumsum(line * line)])
        energies = sums[2 * half :] - sums[: len(products)]
        likeness = products / np.sqrt(energies * (model @ model) + 1e-9)
        likeness -= _STRAY * np.abs(np.arange(-reach, reach + 1)) / period
        best = int(likeness.argmax())
        return last - round(last) + low_begin + expected - reach + best + _between(likeness, best)


def _between(likeness: Floats, best: int) -> float:
    """Return the peak's place between samples, -0.5..0.5."""
    if not 0 < best < len(likeness) - 1:
        return 0.0
    before, at, after = likeness[best - 1 : best + 2]
    bend = before - 2 * at + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < 0 else 0.0


NEEDED: Final = (LOOK_AHEAD_FRAMES + 10) * HOP
"""Low-passed samples to keep: the look-ahead and two of the longest periods."""
