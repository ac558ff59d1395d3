"""Detect a voice engine that passes the natural voice through.

The measure is the magnitude of short-time coherence, bin by bin. A filter, an echo, another level or sign leaves it
unchanged. Added noise, clipping and tremolo lower it slightly. Another pitch or other formants lower it to that of
unrelated sounds. It needs no voicing, so it works for a whisper as for a vowel. The detector compares both sounds
unchanged, then again with their peaks limited. A clipped voice resembles a limited one.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Spectra = NDArray[np.complex128]

LATER_S: Final = 0.55
"""Lag beyond the engine's stated latency that is still searched."""
_RATE_HZ: Final = 8000
_FRAME, _HOP = 256, 80
_WINDOW: Final = 20
_EVERY: Final = 4
_BINS: Final = slice(3, 122, 2)
_BANDS: Final = np.unique(np.round(np.geomspace(1, 60, 15)).astype(int))[:-1]
"""First bin of each compared band: about a third of an octave each."""
_TILT: Final = np.linspace(-1, 1, len(_BANDS))
_KINDS: Final = 2
"""The sound as it is, and limited."""
_FAINT: Final = 0.003
_BELOW_LOUDEST: Final = 0.1
_FORGETS: Final = 0.9925
_LIMIT: Final = 0.3
"""Share of the loudest RMS level at which the second comparison limits the sound."""
_FLOOR: Final = 1.0
"""Regularisation, in units of the loudest frame: fainter frames count less.

A single loud frame is coherent with anything, and so counts little.
"""
# Measured with benchmarks/quality/passthrough.py; the table is in docs/voice.md.
_SAME, _SPREAD = 0.75, 0.05
_PER_DB, _FREE_DB = 0.05, 0.5
_MOST_PER_LOOK, _LEAST_PER_LOOK = 1.0, -0.3
_SURE: Final = 3.0
_DIFFERENT: Final = 0.6
_LOOKS_TO_OPEN: Final = 3


class _History:
    """The newest spectra of a sound, as it is and limited.

    Their buffer is moved back seldom.

    Args:
        length: Frames that are kept.
        bins: Bins of a frame.
    """

    def __init__(self, length: int, bins: int) -> None:
        self._length = self._end = length
        self._frames: Spectra = np.zeros((_KINDS, bins, 2 * length), np.complex128)

    def add(self, newest: Spectra) -> None:
        """Take the next frame (2, bins)."""
        if self._end == self._frames.shape[2]:
            self._frames[:, :, : self._length] = self.frames
            self._end = self._length
        self._frames[:, :, self._end] = newest
        self._end += 1

    @property
    def frames(self) -> Spectra:
        """(2, bins, length), the newest last."""
        return self._frames[:, :, self._end - self._length : self._end]


class PassthroughDetector:
    """Compares an engine's input and output twenty times a second.

    Args:
        rate_hz: Sample rate of both; a multiple of 8000.
        latency_samples: The latency that the engine states.

    Attributes:
        found: Whether the natural voice comes through now.
        judged: Whether enough was heard to know that the voice is changed; False at the start.
        likeness: Coherence of the last comparison, at most 1.
    """

    def __init__(self, rate_hz: int, latency_samples: int) -> None:
        self._step = max(1, rate_hz // _RATE_HZ)
        latency_frames = latency_samples // (self._step * _HOP)
        lags = latency_frames + round(LATER_S * _RATE_HZ / _HOP)
        self._waiting, self._count = np.zeros((2, (_FRAME + 2 * _HOP) * self._step)), 0
        self._window, self._share = np.hanning(_FRAME), np.full(self._step, 1 / self._step)
        bins = len(range(*_BINS.indices(_FRAME)))
        self._given, self._gave = _History(lags + _WINDOW, bins), _History(_WINDOW, bins)
        self._limits = np.zeros((2, 1))
        self._since = self._changed = 0
        self._loudest = self._alike = 0.0
        self.found, self.judged, self.likeness = False, False, 0.0

    @property
    def suspected(self) -> bool:
        """Whether one of the latest comparisons found the natural voice."""
        return self._alike > 0

    @property
    def samples_to_frame(self) -> int:
        """Samples missing to the next frame; the judgement stays until then."""
        return _FRAME * self._step - self._count

    def hear(self, given: Floats, gave: Floats) -> None:
        """Take the next samples of both, (n,) each; update `found` and `judged`."""
        done = 0
        while done < len(given):
            end = min(done + self.samples_to_frame, len(given))
            filled = self._count + end - done
            self._waiting[0, self._count : filled] = given[done:end]
            self._waiting[1, self._count : filled] = gave[done:end]
            self._count, done = filled, end
            if self._count == _FRAME * self._step:
                self._take_frame()

    def _take_frame(self) -> None:
        whole, hop = _FRAME * self._step, _HOP * self._step
        self._take(self._waiting[:, :whole].reshape(2, _FRAME, self._step) @ self._share)
        self._waiting[:, : whole - hop] = self._waiting[:, hop:whole]
        self._count = whole - hop

    def _take(self, frames: Floats) -> None:
        levels = np.sqrt(np.einsum("sf,sf->s", frames, frames)[:, None] / _FRAME)
        self._limits = np.maximum(levels, self._limits * _FORGETS)
        limits = _LIMIT * self._limits
        kinds = np.stack([frames, np.minimum(np.maximum(frames, -limits), limits)])
        spectra = np.fft.rfft(kinds * self._window, axis=2)[:, :, _BINS]
        self._given.add(spectra[:, 0])
        self._gave.add(spectra[:, 1])
        self._since += 1
        if self._since >= _EVERY:
            self._since = 0
            self._look()

    def _look(self) -> None:
        gave = self._gave.frames
        level = float(np.sqrt(np.mean(_power(gave[0])))) / np.sqrt(_FRAME)
        self._loudest = max(level, self._loudest * _FORGETS)
        if level < _FAINT or level < _BELOW_LOUDEST * self._loudest:
            return
        self.likeness = max(measure_coherence(self._given.frames, gave).tolist())
        vote = (self.likeness - _SAME) / _SPREAD
        self._alike = min(max(self._alike + min(max(vote, _LEAST_PER_LOOK), _MOST_PER_LOOK), 0.0), _SURE)
        if self._alike >= _SURE:
            self.found = self.judged = True
        elif self._alike == 0:
            self.found = False
        self._changed += self.likeness < _DIFFERENT
        self.judged = self.judged or self._changed >= _LOOKS_TO_OPEN


def measure_coherence(given: Spectra, gave: Spectra) -> Floats:
    """Return the mean coherence of all bins at the best lag, (kinds,).

    Args:
        given: (kinds, bins, lags + n), frames of what the engine was given, the newest last.
        gave: (kinds, bins, n), frames of what it gave.

    Returns:
        1.0 for the same sound, filtered and louder or not; about 0.4 for unrelated speech.
    """
    (past, past_powers), (now, now_powers) = _select_level(given), _select_level(gave)
    count = now.shape[2]
    # A correlation that is read where both overlap in full needs no more room than the longer one.
    size, lags = _fast_length(past.shape[2]), past.shape[2] - count + 1
    other = np.fft.fft(now, size)
    products = np.fft.ifft(np.fft.fft(past, size) * np.conj(other, out=other))[:, :, :lags]
    magnitudes = np.sqrt(_power(products))
    sums = np.cumsum(past_powers, axis=2)
    past_power = sums[:, :, count - 1 :].copy()
    past_power[:, :, 1:] -= sums[:, :, :-count]
    now_power = now_powers.sum(2)
    coherence = magnitudes / np.sqrt(np.maximum(past_power * now_power[:, :, None], 1e-18))
    # What was given decides which bins count: added noise is strong where the voice is not.
    means = np.einsum("kbl,kbl->kl", coherence, past_power) / np.maximum(past_power.sum(1), 1e-12)
    best = means.argmax(1)
    apart_db = [measure_difference_db(past_power[kind, :, lag], now_power[kind]) for kind, lag in enumerate(best)]
    return np.asarray(means.max(1) - _PER_DB * np.maximum(np.array(apart_db) - _FREE_DB, 0.0))


def measure_difference_db(one: Floats, other: Floats) -> float:
    """Return the RMS difference of two power spectra (bins,) in dB.

    It is computed by band, after the best gain and tilt.
    """
    bands = np.add.reduceat(np.array([one, other]), _BANDS, axis=1) + 1e-9
    apart = 10 * np.log10(bands[1] / bands[0])
    weights = np.sqrt(bands[1] / bands[1].max() + 1e-3)
    # Least squares of gain and tilt, with the squares of the weights.
    total, first, second = weights.sum(), weights @ _TILT, weights @ (_TILT * _TILT)
    level, slope = weights @ apart, weights @ (apart * _TILT)
    rest = apart - (second * level - first * slope + (total * slope - first * level) * _TILT) / (
        total * second - first * first
    )
    return float(np.sqrt(weights @ (rest * rest) / total))


def _power(spectra: Spectra) -> Floats:
    return np.asarray(spectra.real**2 + spectra.imag**2)


@cache
def _fast_length(least: int) -> int:
    """Return the smallest quick length of a transform from `least` on."""
    powers = [(1 << two) * 3**three * 5**five for two in range(12) for three in range(8) for five in range(5)]
    return min(int(length) for length in powers if length >= least)


def _select_level(frames: Spectra) -> tuple[Spectra, Floats]:
    """Return frames (kinds, bins, n) of nearly equal level, and their power.

    Tremolo and clipping then change little.
    """
    powers = _power(frames)
    levels = np.sqrt(powers.sum(1, keepdims=True))
    gains = 1 / (levels + _FLOOR * levels.max(2, keepdims=True) + 1e-12)
    return frames * gains, powers * (gains * gains)
