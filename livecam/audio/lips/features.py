"""What a mouth estimator hears: loudness in sixteen bands, every 10 ms.

It is relative to the loudest of the last seconds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RATE_HZ: Final = 16_000
HOP: Final = 160
"""Samples at 16 kHz from one frame to the next: 10 ms."""
WINDOW: Final = 400
BANDS: Final = 16
_FFT: Final = 512
_LOWEST_HZ, _HIGHEST_HZ = 100.0, 7000.0
_FLOOR: Final = 1e-9
RANGE: Final = 9.0
"""Natural log of power, 39 dB: what is fainter than that below the loudest is silence."""
_FORGETS: Final = 0.001
"""Of the loudest, a frame: it falls by 4 dB in ten seconds."""
_QUIETEST: Final = -11.0
"""Natural log of a frame's mean square below which the loudest never falls: 48 dB below full scale."""


def _filter_bank() -> Floats:
    """Return (257, 16) triangles, evenly wide on the mel scale."""
    hertz = np.arange(_FFT // 2 + 1) * RATE_HZ / _FFT
    lowest, highest = (1127 * np.log1p(hz / 700) for hz in (_LOWEST_HZ, _HIGHEST_HZ))
    mel = np.linspace(lowest, highest, BANDS + 2)
    edges = 700 * np.expm1(mel / 1127)
    rising = (hertz[:, None] - edges[None, :-2]) / np.diff(edges)[None, :-1]
    falling = (edges[None, 2:] - hertz[:, None]) / np.diff(edges)[None, 1:]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))


_BANK: Final[Floats] = _filter_bank()
_HANN: Final[Floats] = np.hanning(WINDOW)


class BandLoudness:
    """Turns frames of sound into features; remembers how loud speech has been."""

    def __init__(self) -> None:
        self._loudest = _QUIETEST

    def measure(self, window: Floats) -> Floats:
        """Return (17,) 0..1.5 of the newest window (400,) at 16 kHz.

        Sixteen bands, then all of them.
        """
        power = np.abs(np.fft.rfft(window * _HANN, _FFT)) ** 2
        bands = np.log(power @ _BANK / WINDOW + _FLOOR)
        whole = float(np.log(np.mean(window**2) + _FLOOR))
        self._loudest = max(whole, self._loudest - _FORGETS, _QUIETEST)
        # A band of speech has a few dB less than all of it.
        heard = np.append(bands + 2.0, whole)
        return np.clip(1 + (heard - self._loudest) / RANGE, 0, 1.5)
