"""Delay sound, so that a later judgement can still silence it or let it be heard."""

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from livecam.core.framing import Floats


class Hearing(IntEnum):
    """What happens to a sample: it is heard, silent, or the pause of a failed engine."""

    SILENT = 0
    HEARD = 1
    PAUSE = 2


class HeldSound:
    """A delay line of sound that stores for each sample what happens to it.

    With a length of zero it decides at once.

    Args:
        samples: Length of the delay.
    """

    def __init__(self, samples: int) -> None:
        self._sound: Floats = np.zeros(samples)
        self._hearing: NDArray[np.int8] = np.full(samples, Hearing.SILENT, np.int8)

    def push(self, sound: Floats, hearing: Hearing) -> Iterator[tuple[Floats, Hearing]]:
        """Take the next samples (n,), and return as many of the oldest in runs.

        A run has one kind of hearing.
        """
        if not len(self._sound):
            if len(sound):
                yield sound, hearing
            return
        line = np.concatenate([self._sound, sound])
        kinds = np.concatenate([self._hearing, np.full(len(sound), hearing, np.int8)])
        self._sound, self._hearing = line[len(sound) :], kinds[len(sound) :]
        bounds = np.flatnonzero(np.diff(kinds[: len(sound)])) + 1
        for begin, end in zip([0, *bounds], [*bounds, len(sound)], strict=True):
            if begin < end:
                yield line[begin:end], Hearing(kinds[begin])

    def silence(self) -> None:
        """Silence all held samples."""
        self._turn(Hearing.HEARD, Hearing.SILENT, len(self._hearing))

    def let_hear(self, samples: int) -> None:
        """Let the newest `samples` of those held be heard."""
        self._turn(Hearing.SILENT, Hearing.HEARD, samples)

    def _turn(self, before: Hearing, after: Hearing, samples: int) -> None:
        newest = self._hearing[max(len(self._hearing) - samples, 0) :]
        newest[newest == before] = after
