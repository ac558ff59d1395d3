"""The grid of the analysis, and the filters that bring sound onto it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ: Final = 16_000
HOP: Final = 80
"""Samples of the analysis rate in a frame: 5 ms."""
FFT: Final = 1024
_BINS: Final = 4096
_LOW_HZ: Final = 1000.0
_RUMBLE_HZ: Final = 80.0
_PART: Final = 16


def _butterworth(order: int, corner_hz: float, taps: int) -> Floats:
    """Return `taps` samples of a Butterworth low-pass's impulse response.

    Bilinear transform, float64.
    """
    z = np.exp(2j * np.pi * np.arange(_BINS // 2 + 1) / _BINS)
    s = (z - 1) / (z + 1 + 1e-12) / np.tan(np.pi * corner_hz / RATE_HZ)
    poles = np.exp(1j * np.pi * (2 * np.arange(1, order + 1) + order - 1) / (2 * order))
    response = 1 / np.prod(s[:, None] - poles, axis=1)
    return np.asarray(np.fft.irfft(response, _BINS)[:taps])


LOW_PASS: Final[Floats] = _butterworth(3, _LOW_HZ, 160)
"""Keeps the pitch and the first harmonics; its delay is under a millisecond."""


class Filter:
    """A finite filter that goes on where it stopped."""

    def __init__(self, taps: Floats) -> None:
        self._taps = taps
        self._past = np.zeros(len(taps) - 1)

    def __call__(self, samples: Floats) -> Floats:
        """Return as many samples as come in, float64."""
        line = np.concatenate([self._past, samples])
        self._past = line[len(samples) :]
        return np.convolve(line, self._taps, "valid")


class HighPass:
    """A high-pass at 80 Hz (Butterworth, second order), in frames of one length.

    A frame is cut into short parts. One product filters all of them as if each began in silence, a second finds the
    state in which each begins, a third adds what follows from it: the matrices stay small.

    Args:
        rate_hz: Samples per second.
        frame: Samples in every call, a multiple of 16.
    """

    def __init__(self, rate_hz: int, frame: int) -> None:
        k = np.tan(np.pi * _RUMBLE_HZ / rate_hz)
        gain = 1 / (1 + np.sqrt(2) * k + k * k)
        fed = gain * np.array([1.0, -2.0, 1.0])
        back = gain * np.array([2 * (k * k - 1), 1 - np.sqrt(2) * k + k * k])
        given = np.eye(_PART + 2)
        first, second = given[_PART], given[_PART + 1]
        rows = []
        for place in range(_PART):
            rows.append(fed[0] * given[place] + first)
            first, second = (
                fed[1] * given[place] - back[0] * rows[-1] + second,
                fed[2] * given[place] - back[1] * rows[-1],
            )
        after = np.array([first, second])
        self._local = np.vstack([rows, after])[:, :_PART].T
        self._ringing = np.array(rows)[:, _PART:].T
        self._states = _chain(after[:, _PART:], frame // _PART)
        self._state = np.zeros(2)

    def __call__(self, samples: Floats) -> Floats:
        """Return as many samples as come in: the frame's length."""
        filtered = samples.reshape(-1, _PART) @ self._local
        states = (self._states @ np.append(self._state, filtered[:, _PART:])).reshape(-1, 2)
        self._state = states[-1]
        return np.asarray(filtered[:, :_PART] + states[:-1] @ self._ringing).reshape(-1)


def _chain(step: Floats, parts: int) -> Floats:
    """Return the chain's state matrix (2 * parts + 2, 2 * parts + 2).

    From the first state and each part's input to the state before each part.
    """
    chained = np.eye(2 * parts + 2)
    for part in range(1, parts + 1):
        chained[2 * part : 2 * part + 2] += step @ chained[2 * part - 2 : 2 * part]
    return chained


class Decimator:
    """From `factor` times the analysis rate down to it.

    Late by `delay_samples` of the higher rate.

    The filter is short: what it lets through from above 8 kHz disturbs the analysis little and is never heard.
    """

    def __init__(self, factor: int) -> None:
        half = 16 * factor
        self._factor = factor
        self.delay_samples = half if factor > 1 else 0
        place = np.arange(-half, half + 1) / factor
        taps = np.sinc(place) * np.hanning(2 * half + 3)[1:-1]
        self._filter = Filter(taps / taps.sum())

    def __call__(self, samples: Floats) -> Floats:
        """Return every `factor`-th sample; their number must be a multiple of it."""
        return samples if self._factor == 1 else self._filter(samples)[:: self._factor]
