"""Hold sound back for a while, so that what is learned later can still silence it or let it be heard."""

from collections.abc import Iterator
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from livecam.core.framing import Floats


class Hearing(IntEnum):
    """What becomes of a sample.

    It is heard, silent, or the pause of an engine that failed.
    """

    SILENT = 0
    HEARD = 1
    PAUSE = 2


class HeldSound:
    """A delay line of sound, each sample with what becomes of it.

    Of no length it decides at once.

    Args:
        samples: How long sound is held.
    """

    def __init__(self, samples: int) -> None:
        self._sound: Floats = np.zeros(samples)
        self._hearing: NDArray[np.int8] = np.full(samples, Hearing.SILENT, np.int8)

    def push(self, sound: Floats, hearing: Hearing) -> Iterator[tuple[Floats, Hearing]]:
        """Take the next samples (n,) and give up as many of the oldest, in runs of one kind."""
        line = np.concatenate([self._sound, sound])
        kinds = np.concatenate([self._hearing, np.full(len(sound), hearing, np.int8)])
        self._sound, self._hearing = line[len(sound) :], kinds[len(sound) :]
        bounds = np.flatnonzero(np.diff(kinds[: len(sound)])) + 1
        for begin, end in zip([0, *bounds], [*bounds, len(sound)], strict=True):
            if begin < end:
                yield line[begin:end], Hearing(kinds[begin])

    def silence(self) -> None:
        """Silence all that is held."""
        self._turn(Hearing.HEARD, Hearing.SILENT, len(self._hearing))

    def let_hear(self, samples: int) -> None:
        """The newest `samples` that are held are heard."""
        self._turn(Hearing.SILENT, Hearing.HEARD, samples)

    def _turn(self, before: Hearing, after: Hearing, samples: int) -> None:
        newest = self._hearing[max(len(self._hearing) - samples, 0) :]
        newest[newest == before] = after
