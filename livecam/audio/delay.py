"""Sound held back by a delay that changes without a jump: it is played a little faster or slower until it is there."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.stateful import Floats

SLEW: Final = 0.005
"""Samples by which the delay moves per sample: half a percent, nine cents of pitch."""
SHORTEST: Final = 2
"""Samples the interpolation needs to look ahead."""


class DelayLine:
    """A delay of a stream, for the sound to wait for the picture.

    Args:
        delay_samples: At the start.
        longest_samples: The most it can be asked for.
    """

    def __init__(self, delay_samples: int, longest_samples: int) -> None:
        self._longest = longest_samples
        self._from = self._to = self._checked(delay_samples)
        self._steps = 0
        self._past = np.zeros(longest_samples + SHORTEST)

    @property
    def delay_samples(self) -> float:
        """As it is now; between samples while it moves."""
        moved = min(self._steps * SLEW, abs(self._to - self._from))
        return self._from + float(np.sign(self._to - self._from)) * moved

    def aim(self, delay_samples: int) -> None:
        """Move to another delay from the next sample on.

        Raises:
            ValueError: It is shorter than 2 samples or longer than the line.
        """
        here = self.delay_samples
        self._from, self._to, self._steps = here, self._checked(delay_samples), 0

    def process(self, sound: Floats) -> Floats:
        """The next samples (n,), delayed."""
        line = np.concatenate([self._past, sound])
        steps = np.arange(self._steps + 1, self._steps + len(sound) + 1)
        moved = np.minimum(steps * SLEW, abs(self._to - self._from))
        delays = self._from + np.sign(self._to - self._from) * moved
        back = np.ceil(delays)
        places = len(self._past) + np.arange(len(sound)) - back.astype(np.intp)
        self._steps += len(sound)
        self._past = line[len(sound) :]
        return _at(line, places, back - delays)

    def _checked(self, delay_samples: int) -> float:
        if not SHORTEST <= delay_samples <= self._longest:
            raise ValueError(f"the delay must be {SHORTEST} to {self._longest} samples, got {delay_samples}")
        return float(delay_samples)


def _at(line: Floats, places: NDArray[np.intp], share: Floats) -> Floats:
    """The line a share of a sample after each place (Catmull-Rom); exact at a sample."""
    before, here, after, beyond = (line[places + offset] for offset in (-1, 0, 1, 2))
    slope, next_slope = (after - before) / 2, (beyond - here) / 2
    rise = here - after
    return np.asarray(
        here + share * (slope + share * (share * (2 * rise + slope + next_slope) - 3 * rise - 2 * slope - next_slope))
    )
