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
    if not len(sound):
        return np.zeros(0, np.float32)
    steps = _round_up(-(-len(sound) // step))
    padded = np.pad(sound.astype(np.float32), (0, steps * step - len(sound)))
    count = steps * (RATE_HZ // common)
    made = np.fft.irfft(np.fft.rfft(padded), count) * (count / len(padded))
    return np.asarray(made[: -(-len(sound) * RATE_HZ // rate_hz)], np.float32)


def _round_up(count: int) -> int:
    """Return the next number without prime factors above 5.

    Transforms of other lengths are slow.
    """
    while True:
        rest = count
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return count
        count += 1
