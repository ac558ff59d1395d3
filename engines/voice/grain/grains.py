"""Synthesise sound from the speaker's own periods at the wanted pitch.

Periods are re-coloured. Pulses fill the band below.
"""

from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.envelope import make_cosines
from engines.voice.grain.frames import HOP, Floats
from engines.voice.grain.pitch_marks import PitchMark
from engines.voice.grain.pulses import PulseFilters

LONGEST: Final = 200
"""Samples of the analysis rate that a grain reaches to either side of its mark: a period of 80 Hz."""

_SHORTEST_SHARE: Final = 0.6
_OVERLAP: Final = 1.3
"""A grain reaches to either side over this share of the wanted period, within 0.6 to 1 of its own.

Wider ones, where the voice is raised, repeat too much of the old pitch; narrower ones lose colour. Where it is
lowered, one reaches to the next, over two of its own periods at most: gaps between them are heard as a buzz.
"""
_MOST_PERIODS: Final = 2.0
_MOST_GAIN: Final = 5.0
_MOST_BOOST: Final = 3.5
"""Natural log of what any frequency is raised by at most: 30 dB."""
_MOST_STRETCH: Final = 5.0
_LONGEST_STEP: Final = 2.0 * LONGEST
_SPECTRUM_POINTS: Final = 64
_RINGING: Final = 128
"""Samples of the analysis rate, 8 ms, that a filter may ring on after its grain: it has fallen by 50 dB then."""
_EDGE: Final = 0.92
"""Share of the analysed band from which on the filter stays as it is: above 7.4 kHz nothing is known."""
_KEPT_FRAMES: Final = 64

Complexes = NDArray[np.complexfloating[Any, Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Filters:
    """Minimum-phase filters for blocks of `size` samples.

    `phase` (40, size // 2 + 1).

    `log_gain` (40, n): up to where the gain is held.
    """

    size: int
    log_gain: NDArray[np.float32]
    phase: NDArray[np.float32]
    pulses: PulseFilters

    def response(self, change: NDArray[np.float32]) -> Complexes:
        """(size // 2 + 1,) of a change of mel-cepstrum (40,)."""
        gain, angle = np.exp(np.minimum(change @ self.log_gain, _MOST_BOOST)), change @ self.phase
        made = np.empty(len(angle), np.complex64)
        made.real, made.imag = np.cos(angle), np.sin(angle)
        made[: len(gain)] *= gain
        made[len(gain) :] *= gain[-1]
        return made


def _filters(factor: int, size: int) -> _Filters:
    """Return for sound at `factor` * 16 kHz.

    A change @ log gain and phase is the complex log of the filter.
    """
    half = size // 2
    angle = np.linspace(0, np.pi * factor, half + 1)
    held = int(np.searchsorted(angle, np.pi * _EDGE)) + 1
    cepstra = np.fft.irfft(make_cosines(np.minimum(angle, np.pi * _EDGE)), axis=1)
    cepstra[:, 1:half] *= 2
    cepstra[:, half + 1 :] = 0
    logs = np.fft.rfft(cepstra, axis=1)
    log_gain, phase = logs.real[:, :held].astype(np.float32), logs.imag.astype(np.float32)
    return _Filters(size, log_gain, phase, PulseFilters(factor, size, log_gain, phase))


_COARSE: Final[Floats] = make_cosines(np.linspace(0, np.pi, _SPECTRUM_POINTS))


@cache
def _window(half: int) -> NDArray[np.float32]:
    """Return (2 * half - 1,) Hann."""
    return (0.5 + 0.5 * np.cos(np.pi * np.arange(1 - half, half) / half)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class _Grain:
    """A piece of input around a mark, for `place`, with `step` to the next.

    In samples of the analysis rate.
    """

    place: float
    mark: PitchMark
    step: float

    @property
    def reach(self) -> float:
        """Samples to either side."""
        own = self.mark.period
        most = max(own, min(self.step, _MOST_PERIODS * own))
        return float(min(most, max(_OVERLAP * self.step, _SHORTEST_SHARE * own), LONGEST))

    @property
    def gain(self) -> float:
        """Keeps the power: fewer and shorter grains are louder."""
        return float(np.sqrt(min(self.step / self.reach, _MOST_STRETCH)))


class GrainWriter:
    """Writes the output frame by frame, `factor` samples for each of the analysis.

    Args:
        factor: Ratio of the sound's rate to the analysis rate.
        delay: Samples of the analysis rate by which the output is behind the input.
    """

    def __init__(self, factor: int, delay: int) -> None:
        self._factor, self._delay = factor, delay
        longest = 1 << (3 * LONGEST * factor).bit_length()
        self._short, self._long = _filters(factor, longest // 2), _filters(factor, longest)
        self._marks: deque[tuple[PitchMark, float]] = deque()
        self._changes: dict[int, NDArray[np.float32]] = {}
        self._spectra: dict[int, NDArray[np.float32]] = {}
        self._out = np.zeros(longest + 4 * HOP * factor)
        self._next = 0.0
        self._in_voice = False

    def add(self, marks: list[PitchMark], target_hz: float) -> None:
        """Take the marks of a frame and the pitch they are wanted at; 0 when unvoiced."""
        self._marks.extend((mark, target_hz) for mark in marks)

    def set_colour(self, frame: int, change: Floats, spectrum: Floats | None = None) -> None:
        """Set the change of mel-cepstrum (40,) for grains of a frame.

        `base` is the mel-cepstrum it is added to.

        With no `spectrum` the voice keeps its own sound in the lower band too.
        """
        steepest = float(np.abs(change @ _COARSE).max())
        if steepest > _MOST_GAIN:
            change = change * (_MOST_GAIN / steepest)
        self._changes[frame] = change.astype(np.float32)
        self._changes.pop(frame - _KEPT_FRAMES, None)
        if spectrum is not None:
            self._spectra[frame] = spectrum.astype(np.float32)
            self._spectra.pop(frame - _KEPT_FRAMES, None)

    def step(self, begin: int, sound: Floats, sound_begin: int) -> Floats:
        """Return the next frame of output.

        Args:
            begin: Place in the stream, in samples of the analysis rate, of its first sample.
            sound: The input's newest samples, at the output's rate.
            sound_begin: Index in the stream of the first of them, at the output's rate.
        """
        chosen = self._choose(begin + HOP + LONGEST)
        if chosen:
            self._add(chosen, sound, sound_begin, begin * self._factor)
        hop = HOP * self._factor
        done = self._out[:hop].copy()
        self._out[:-hop] = self._out[hop:]
        self._out[-hop:] = 0
        return done

    def _choose(self, end: int) -> list["_Grain"]:
        """Return the grains to set down before `end`."""
        chosen: list[_Grain] = []
        while self._next < end and self._marks:
            while len(self._marks) > 1 and self._second_is_nearer():
                self._marks.popleft()
            mark, target_hz = self._marks[0]
            if mark.pitch_hz:
                place = self._next if self._in_voice else max(self._next, mark.place)
                step = mark.period * mark.pitch_hz / target_hz
            else:
                near = abs(self._next - mark.place) < HOP
                place = max(self._next, mark.place) if near else self._next
                step = float(HOP)
            self._in_voice = mark.pitch_hz > 0
            chosen.append(_Grain(place, mark, step))
            self._next = place + step
        return chosen

    def _second_is_nearer(self) -> bool:
        (first, _), (second, _) = self._marks[0], self._marks[1]
        return abs(second.place - self._next) < abs(first.place - self._next)

    def _add(self, chosen: list["_Grain"], sound: Floats, sound_begin: int, origin: int) -> None:
        for grain in chosen:
            half = round(grain.reach * self._factor)
            filters = self._short if 2 * half + _RINGING * self._factor <= self._short.size else self._long
            at = round(grain.mark.place * self._factor) - sound_begin
            cut = sound[max(at + 1 - half, 0) : at + half]
            window = _window(half)
            spectrum = np.fft.rfft(cut * window[len(window) - len(cut) :] * grain.gain, filters.size)
            frame, missing = grain.mark.frame, len(window) - len(cut)
            if grain.mark.pitch_hz and frame in self._spectra:
                filters.pulses.put(spectrum, self._spectra[frame], min(grain.step, _LONGEST_STEP), half - 1 - missing)
            spectrum *= filters.response(self._changes[frame])
            samples = np.fft.irfft(spectrum, filters.size)
            first = round(grain.place * self._factor) + missing + 1 - half - origin
            room = self._out[max(first, 0) : first + filters.size]
            room += samples[max(-first, 0) :][: len(room)]
