"""Detect a voice engine that passes the natural voice through.

The measure is the magnitude of short-time coherence, bin by bin. A filter, an echo, another level or sign leaves it
unchanged. Added noise, clipping and tremolo lower it slightly. Another pitch or other formants lower it to that of
unrelated sounds. It needs no voicing, so it works for a whisper as for a vowel. The detector compares both sounds
unchanged, then again with their peaks limited. A clipped voice resembles a limited one.
"""

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
        self._lags = latency_frames + round(LATER_S * _RATE_HZ / _HOP)
        self._waiting = np.zeros((2, 0))
        self._window = np.hanning(_FRAME)
        bins = len(range(*_BINS.indices(_FRAME)))
        # Of the sound as it is, and limited.
        self._given: Spectra = np.zeros((2, self._lags + _WINDOW, bins), np.complex128)
        self._gave: Spectra = np.zeros((2, _WINDOW, bins), np.complex128)
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
        return _FRAME * self._step - self._waiting.shape[1]

    def hear(self, given: Floats, gave: Floats) -> None:
        """Take the next samples of both, (n,) each; update `found` and `judged`."""
        self._waiting = np.concatenate([self._waiting, np.stack([given, gave])], axis=1)
        hop = _HOP * self._step
        while self._waiting.shape[1] >= _FRAME * self._step:
            self._take(self._waiting[:, : _FRAME * self._step].reshape(2, _FRAME, self._step).mean(2))
            self._waiting = self._waiting[:, hop:]

    def _take(self, frames: Floats) -> None:
        levels = np.sqrt(np.mean(frames**2, axis=1, keepdims=True))
        self._limits = np.maximum(levels, self._limits * _FORGETS)
        limits = _LIMIT * self._limits
        kinds = np.stack([frames, np.clip(frames, -limits, limits)])
        spectra = np.fft.rfft(kinds * self._window, axis=2)[:, :, _BINS]
        for seen, new in ((self._given, spectra[:, 0]), (self._gave, spectra[:, 1])):
            seen[:, :-1], seen[:, -1] = seen[:, 1:], new
        self._since += 1
        if self._since >= _EVERY:
            self._since = 0
            self._look()

    def _look(self) -> None:
        level = float(np.sqrt(np.mean(np.abs(self._gave[0]) ** 2))) / np.sqrt(_FRAME)
        self._loudest = max(level, self._loudest * _FORGETS)
        if level < _FAINT or level < _BELOW_LOUDEST * self._loudest:
            return
        self.likeness = max(measure_coherence(self._given[n], self._gave[n]) for n in range(2))
        vote = (self.likeness - _SAME) / _SPREAD
        self._alike = min(max(self._alike + min(max(vote, _LEAST_PER_LOOK), _MOST_PER_LOOK), 0.0), _SURE)
        if self._alike >= _SURE:
            self.found = self.judged = True
        elif self._alike == 0:
            self.found = False
        self._changed += self.likeness < _DIFFERENT
        self.judged = self.judged or self._changed >= _LOOKS_TO_OPEN


def measure_coherence(given: Spectra, gave: Spectra) -> float:
    """Return the mean coherence of all bins at the best lag, less that of chance.

    Args:
        given: (lags + n, bins), frames of what the engine was given, the newest last.
        gave: (n, bins), frames of what it gave.

    Returns:
        1.0 for the same sound, filtered and louder or not; about 0.4 for unrelated speech.
    """
    past, now = _select_level(given), _select_level(gave)
    count = len(now)
    size = 1 << (len(past) + count - 1).bit_length()
    products = np.fft.ifft(np.conj(np.fft.fft(past, size, axis=0)) * np.fft.fft(now, size, axis=0), axis=0)
    lags = len(past) - count + 1
    # The product for a past that begins k frames in stands at index -k.
    products = np.abs(products[-np.arange(lags)])
    power = np.concatenate([np.zeros((1, past.shape[1])), np.cumsum(np.abs(past) ** 2, axis=0)])
    past_power = power[count:] - power[:-count]
    now_power = np.sum(np.abs(now) ** 2, axis=0)
    coherence = products / np.sqrt(np.maximum(past_power * now_power, 1e-18))
    # What was given decides which bins count: added noise is strong where the voice is not.
    means = np.sum(coherence * past_power, axis=1) / np.maximum(past_power.sum(axis=1), 1e-12)
    best = int(np.argmax(means))
    return float(means[best]) - _PER_DB * max(measure_difference_db(past_power[best], now_power) - _FREE_DB, 0.0)


def measure_difference_db(one: Floats, other: Floats) -> float:
    """Return the RMS difference of two power spectra (bins,) in dB.

    It is computed by band, after the best gain and tilt.
    """
    bands = np.stack([np.add.reduceat(power, _BANDS) for power in (one, other)]) + 1e-9
    apart = 10 * np.log10(bands[1] / bands[0])
    weights = (bands[1] / bands[1].max() + 1e-3) ** 0.25
    tilt = np.stack([np.ones_like(apart), np.linspace(-1, 1, len(apart))], axis=1)
    fitted, *_ = np.linalg.lstsq(tilt * weights[:, None], apart * weights, rcond=None)
    rest = apart - tilt @ fitted
    return float(np.sqrt(np.sum((weights * rest) ** 2) / np.sum(weights**2)))


def _select_level(frames: Spectra) -> Spectra:
    """Return frames of nearly equal level.

    Tremolo and clipping then change little.
    """
    levels = np.sqrt(np.sum(np.abs(frames) ** 2, axis=1))
    return np.asarray(frames / (levels + _FLOOR * levels.max() + 1e-12)[:, None])
