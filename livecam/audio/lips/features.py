"""Features of the mouth estimator: loudness in sixteen bands, every 10 ms.

Loudness is relative to the maximum of the last seconds.
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
"""Natural log of power, 39 dB below the maximum; fainter sound is silence."""
_FORGETS: Final = 0.001
"""Decay of the maximum per frame: 4 dB in ten seconds."""
_QUIETEST: Final = -11.0
"""Lowest value of the maximum, as the log of a mean square: -48 dB full scale."""


def _filter_bank() -> Floats:
    """Return (257, 16) triangles of equal width on the mel scale."""
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
    """Computes features of frames, relative to the loudest recent speech."""

    def __init__(self) -> None:
        self._loudest = _QUIETEST

    def measure(self, window: Floats) -> Floats:
        """Return (17,) 0..1.5 of the newest window (400,) at 16 kHz.

        Sixteen bands, then the total.
        """
        power = np.abs(np.fft.rfft(window * _HANN, _FFT)) ** 2
        bands = np.log(power @ _BANK / WINDOW + _FLOOR)
        whole = float(np.log(np.mean(window**2) + _FLOOR))
        self._loudest = max(whole, self._loudest - _FORGETS, _QUIETEST)
        # A band of speech has a few dB less than all of it.
        heard = np.append(bands + 2.0, whole)
        return np.clip(1 + (heard - self._loudest) / RANGE, 0, 1.5)
