"""Sound played a little faster or slower than it comes, without a jump: what joins two clocks that do not quite agree.

A windowed sinc is read between its samples (Smith, "Digital Audio Resampling"), so the speed may be any number and may
change from block to block.
"""

from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from livecam.audio.stateful import Floats

HALF: Final = 16
"""Samples of the kernel to either side; also the delay."""
_PHASES: Final = 512
_KAISER: Final = 8.0
_PASS: Final = 0.95


def _kernel() -> Floats:
    """(_PHASES + 1, 2 * HALF) weights; row p reads p / _PHASES of a sample after the middle."""
    share = np.arange(_PHASES + 1)[:, None] / _PHASES
    place = np.arange(2 * HALF)[None, :] - (HALF - 1) - share
    shape = np.i0(_KAISER * np.sqrt(np.clip(1 - (place / HALF) ** 2, 0, 1)))
    weights = np.sinc(_PASS * place) * shape
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


_KERNEL: Final = _kernel()


class Stretch:
    """A stream read at a speed near 1; `HALF` samples late.

    Attributes:
        delay_samples: Samples by which what comes out is behind what came in.
    """

    delay_samples = HALF

    def __init__(self) -> None:
        self._line: Floats = np.zeros(2 * HALF - 1)
        self._place = 0.0

    def process(self, sound: Floats, speed: float) -> Floats:
        """The next samples (n,): fewer come out where `speed` is above 1, more where it is below.

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
        rows = (places - whole) * _PHASES
        row = rows.astype(np.intp)
        share = (rows - row)[:, None]
        weights = _KERNEL[row] * (1 - share) + _KERNEL[row + 1] * share
        windows = sliding_window_view(line, 2 * HALF)
        self._place += speed * count - len(sound)
        self._line = line[len(sound) :]
        return np.asarray(np.einsum("nk,nk->n", windows[whole], weights))
