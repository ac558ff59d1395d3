"""Resample a stream frame by frame, with a known delay of a few samples.

A general library was measured first: soxr holds back 12 ms in each direction at its qualities for speech.
"""

from math import gcd
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from livecam.core.framing import Floats

HALF: Final = 16
"""Samples of the lower rate that the filter reaches to either side; also the delay."""
_PASS: Final = 0.92
_KAISER: Final = 7.0


class Resampler:
    """A finite linear-phase filter read at the other rate; goes on where it stopped.

    Attributes:
        delay_s: By how much what comes out is late; 0 where both rates are one.
    """

    def __init__(self, from_hz: int, to_hz: int) -> None:
        common = gcd(from_hz, to_hz)
        self._up, self._down = to_hz // common, from_hz // common
        self.delay_s = 0.0 if from_hz == to_hz else HALF / min(from_hz, to_hz)
        self._taps = _taps(self._up, self._down)
        self._past: Floats = np.zeros(self._taps.shape[1] - 1)

    def __call__(self, samples: Floats) -> Floats:
        """Return the same time at the other rate, (n * to / from,).

        Raises:
            ValueError: That is no whole number of samples.
        """
        count, rest = divmod(len(samples) * self._up, self._down)
        if rest:
            raise ValueError(f"{len(samples)} samples are no whole number of samples at the other rate")
        if self._up == self._down:
            return samples
        line = np.concatenate([self._past, samples])
        self._past = line[len(samples) :]
        places = np.arange(count) * self._down
        windows = sliding_window_view(line, self._taps.shape[1])
        return np.asarray(np.einsum("nk,nk->n", windows[places // self._up], self._taps[places % self._up]))


def _taps(up: int, down: int) -> Floats:
    """Return (up, k).

    The filter's weights for each place between two samples, oldest sample first.
    """
    widest = max(up, down)
    half = HALF * widest
    place = np.arange(-half, half + 1)
    shape = np.i0(_KAISER * np.sqrt(1 - (place / half) ** 2)) / np.i0(_KAISER)
    kernel = np.sinc(_PASS * place / widest) * shape
    kernel *= up / kernel.sum()
    count = -(-len(kernel) // up)
    padded = np.concatenate([kernel, np.zeros(count * up - len(kernel))])
    return np.ascontiguousarray(padded.reshape(count, up).T[:, ::-1])
