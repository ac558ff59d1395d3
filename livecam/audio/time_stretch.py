"""Play sound slightly faster or slower, without discontinuities.

It connects two clocks that differ slightly.

It evaluates a windowed sinc between samples (Smith, "Digital Audio Resampling"). Each weight is a polynomial of the
position between samples (C. W. Farrow, ISCAS 1988). So the speed may be any number, and may change from block to
block.
"""

from typing import Final

import numpy as np

from livecam.core.framing import Floats

HALF: Final = 16
"""Half length of the kernel in samples; also the delay."""
_ORDER: Final = 7
_KAISER: Final = 8.0
_PASS: Final = 0.95


def _weights(share: Floats) -> Floats:
    """Return (n, 2 * HALF) weights that read a share of a sample after the middle."""
    place = np.arange(2 * HALF)[None, :] - (HALF - 1) - share[:, None]
    shape = np.i0(_KAISER * np.sqrt(np.clip(1 - (place / HALF) ** 2, 0, 1)))
    weights = np.sinc(_PASS * place) * shape
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _polynomials() -> Floats:
    """Return (_ORDER + 1, 2 * HALF) coefficients of the weights.

    They are polynomials of the share less a half, fitted at Chebyshev nodes.
    """
    from_middle = 0.5 * np.cos(np.pi * (np.arange(64) + 0.5) / 64)
    return np.asarray(np.polynomial.polynomial.polyfit(from_middle, _weights(from_middle + 0.5), _ORDER))


_POLYNOMIALS: Final = _polynomials()


def _windows(line: Floats, count: int) -> Floats:
    """Return (2 * HALF, count) the samples read for each output sample, in columns."""
    windows = np.empty((2 * HALF, count))
    windows[:] = np.ndarray(windows.shape, line.dtype, line, 0, 2 * line.strides)
    return windows


class TimeStretch:
    """Reads a stream at a speed near 1, `HALF` samples late.

    Attributes:
        delay_samples: Delay from input to output.
    """

    delay_samples = HALF

    def __init__(self) -> None:
        self._line: Floats = np.zeros(2 * HALF - 1)
        self._place = 0.0

    def process(self, sound: Floats, speed: float) -> Floats:
        """Return the next samples (n,).

        Fewer come out where `speed` is above 1, more where it is below.

        Raises:
            ValueError: A speed that is not between 0.5 and 2.
        """
        if not 0.5 < speed < 2:
            raise ValueError(f"speed must be between 0.5 and 2, got {speed}")
        line = np.concatenate([self._line, sound])
        count = max(0, int(np.ceil((len(sound) - self._place) / speed)))
        count -= count > 0 and self._place + speed * (count - 1) >= len(sound)
        places = self._place + speed * np.arange(count)
        whole = places.astype(np.intp)
        share = places - whole - 0.5
        self._place += speed * count - len(sound)
        self._line = line[len(sound) :]
        powers = (_POLYNOMIALS @ _windows(line, len(sound))).take(whole, axis=1)
        read = powers[_ORDER]
        for power in powers[_ORDER - 1 :: -1]:
            read *= share
            read += power
        return np.asarray(read)
