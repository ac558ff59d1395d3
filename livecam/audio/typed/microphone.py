"""A microphone that plays a synthesizer, and silence between sentences."""

from collections import deque
from threading import Condition
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.disclosure.sound.marker import RATE_HZ

MOST_WAITING: Final = 30 * RATE_HZ
"""Samples queued at most; a writer waits until there is room."""


class TypedMicrophone:
    """Returns typed speech at the pace of a microphone, without a device.

    Attributes:
        xruns: Always 0.
        trouble: Why nothing is spoken at present, in one line; None where all is well.
        spoken: Sentences that were read to their end.
    """

    xruns = 0

    def __init__(self, clock: Clock) -> None:
        self._clock, self._count, self.spoken = clock, 0, 0
        self._begin_ns: int | None = None
        self._sentences: deque[NDArray[np.float32]] = deque()
        self._waiting, self._changed = 0, Condition()
        self.trouble: str | None = None

    @property
    def waiting_samples(self) -> int:
        """Samples still to be spoken."""
        return self._waiting

    def has_room(self) -> bool:
        """Whether another sentence may be put."""
        return self._waiting < MOST_WAITING

    def put(self, sound: NDArray[np.float32]) -> None:
        """Append a sentence (n,) at 48 kHz."""
        with self._changed:
            if len(sound):
                self._sentences.append(sound)
                self._waiting += len(sound)

    def read(self, count: int) -> AudioBlock:
        """Return the next samples at the time the last of them would be spoken.

        Without text they are silence.
        """
        if self._begin_ns is None:
            self._begin_ns = self._clock.now_ns()
        begin_ns = self._begin_ns + self._count * NS_PER_S // RATE_HZ
        self._count += count
        self._clock.sleep_until_ns(self._begin_ns + self._count * NS_PER_S // RATE_HZ)
        return AudioBlock(self._take(count)[:, None], RATE_HZ, self._count - count, begin_ns)

    def _take(self, count: int) -> NDArray[np.float32]:
        samples = np.zeros(count, np.float32)
        with self._changed:
            done = 0
            while done < count and self._sentences:
                part = self._sentences.popleft()
                taken = part[: count - done]
                samples[done : done + len(taken)] = taken
                done += len(taken)
                if len(taken) < len(part):
                    self._sentences.appendleft(part[len(taken) :])
                else:
                    self.spoken += 1
            self._waiting -= done
        return samples

    def close(self) -> None:
        """Drop what is queued; may be called twice."""
        with self._changed:
            self._sentences.clear()
            self._waiting = 0
