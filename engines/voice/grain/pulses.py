"""Synthesis of the lower band of a voiced grain.

One pulse through the wanted envelope instead of the speaker's period.

A period that is set down at another pitch is heard between its old harmonics, where it holds little but chance. Below
some kilohertz a voice is all harmonics, and its envelope says what they are; above, breath and noise weigh more, and
the speaker's own sound is kept.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.frames import RATE_HZ

LOWER_HZ: Final = 4000.0
UPPER_HZ: Final = 7000.0
"""Between them the pulse is faded out and the speaker's own sound in."""

MOST: Final = 0.75
"""Share of the pulse where it is strongest: what is left of the speaker's own sound is the breath in it."""

_LITTLE: Final = 1e-9

Singles = NDArray[np.float32]


class PulseFilters:
    """Filters for blocks of `size` samples of sound at `factor` * 16 kHz.

    Args:
        factor: Rate of the sound, in units of 16 kHz.
        size: Samples of a block.
        log_gain, phase: (40, size // 2 + 1): a mel-cepstrum @ these is the complex log of its minimum-phase filter.
    """

    def __init__(self, factor: int, size: int, log_gain: Singles, phase: Singles) -> None:
        hertz = np.arange(size // 2 + 1) * (RATE_HZ * factor / size)
        self._count = int(np.searchsorted(hertz, UPPER_HZ))
        fade = np.clip((UPPER_HZ - hertz[: self._count]) / (UPPER_HZ - LOWER_HZ), 0, 1)
        share = MOST * fade * fade * (3 - 2 * fade)
        self._left, self._share = (1 - share).astype(np.float32), (factor * share).astype(np.float32)
        self._logs = np.hstack([log_gain[:, : self._count], phase[:, : self._count]])
        self._turns = (-2 * np.pi / size * np.arange(self._count)).astype(np.float32)

    def put(self, block: NDArray[np.complexfloating[Any, Any]], spectrum: Singles, step: float, at: int) -> None:
        """Write a pulse into the lower bins of a block's spectrum (size // 2 + 1,).

        Args:
            block: What is written to.
            spectrum: Mel-cepstrum (40,) of the sound as it is.
            step: Samples of the analysis rate to the next pulse: few make as much sound as many.
            at: Sample of the block at which the pulse stands.
        """
        logs = spectrum @ self._logs
        gain = np.exp(logs[: self._count]) * (self._share * np.float32(np.sqrt(step)))
        angle = logs[self._count :] + np.float32(at) * self._turns
        lower = block[: self._count]
        lower *= self._left
        wanted = np.abs(lower) + gain
        lower.real += gain * np.cos(angle)
        lower.imag += gain * np.sin(angle)
        lower *= wanted / (np.abs(lower) + _LITTLE)
