"""The lower band of a voiced grain, made anew: one pulse through the wanted envelope instead of the speaker's period.

A period that is set down at another pitch is heard between its old harmonics, where it holds little but chance. Below
some kilohertz a voice is all harmonics, and its envelope says what they are; above, breath and noise weigh more, and
the speaker's own sound is kept.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.grain.frames import RATE_HZ

LOWER_HZ: Final = 4000.0
UPPER_HZ: Final = 7000.0
"""Between them the pulse is faded out and the speaker's own sound in."""

MOST: Final = 0.75
"""Share of the pulse where it is strongest: what is left of the speaker's own sound is the breath in it."""

_LITTLE: Final = 1e-9

Singles = NDArray[np.float32]


class PulseFilters:
    """For blocks of `size` samples of sound at `factor` * 16 kHz.

    Args:
        factor, size: As above.
        log_gain, phase: (40, size // 2 + 1): a mel-cepstrum @ these is the complex log of its minimum-phase filter.
    """

    def __init__(self, factor: int, size: int, log_gain: Singles, phase: Singles) -> None:
        hertz = np.arange(size // 2 + 1) * (RATE_HZ * factor / size)
        count = int(np.searchsorted(hertz, UPPER_HZ))
        fade = np.clip((UPPER_HZ - hertz[:count]) / (UPPER_HZ - LOWER_HZ), 0, 1)
        self._factor, self._share = factor, MOST * fade * fade * (3 - 2 * fade)
        self._log_gain, self._phase = log_gain[:, :count].copy(), phase[:, :count].copy()
        self._turns = -2 * np.pi / size * np.arange(count)

    def put(
        self, block: NDArray[np.complexfloating], spectrum: Singles, change: Singles, most: float, step: float, at: int
    ) -> None:
        """Write a pulse into the lower bins of a block's spectrum (size // 2 + 1,).

        Args:
            block: What is written to.
            spectrum, change: Mel-cepstra (40,) of the sound as it is, and of what is to be added.
            most: Natural log of what any frequency is raised by at most.
            step: Samples of the analysis rate to the next pulse: many make as much sound as few.
            at: Sample of the block at which the pulse stands.
        """
        own, added = np.stack([spectrum, change]) @ self._log_gain
        gain = self._share * np.exp(own + np.minimum(added, most)) * (self._factor * np.sqrt(step))
        angle = (spectrum + change) @ self._phase + at * self._turns
        lower = block[: len(gain)]
        lower *= 1 - self._share
        wanted = np.abs(lower) + gain
        lower.real += gain * np.cos(angle)
        lower.imag += gain * np.sin(angle)
        lower *= wanted / (np.abs(lower) + _LITTLE)
