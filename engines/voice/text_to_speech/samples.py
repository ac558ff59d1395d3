"""Bring a whole spoken sentence to 48 kHz."""

from math import gcd
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 48_000


def resample(sound: NDArray[Any], rate_hz: int) -> NDArray[np.float32]:
    """Return a sound (n,) of any rate at 48 kHz, (n * 48000 / rate,) rounded up.

    Raises:
        ValueError: The rate is not from 8 to 96 kHz.
    """
    if not 8000 <= rate_hz <= 96_000:
        raise ValueError(f"rate_hz must be 8000 to 96000, got {rate_hz}")
    common = gcd(rate_hz, RATE_HZ)
    step = rate_hz // common
    padded = np.pad(sound.astype(np.float64), (0, -len(sound) % step))
    if not len(padded):
        return np.zeros(0, np.float32)
    count = len(padded) // step * (RATE_HZ // common)
    return np.asarray(np.fft.irfft(np.fft.rfft(padded), count) * count / len(padded), np.float32)
