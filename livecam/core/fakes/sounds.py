"""A fake microphone and a fake virtual microphone, in real time by a clock."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError, SoundError

FAKE_RATE_HZ = 48_000


class FakeSoundSource:
    """Plays an array in real time by a clock; fails for the given reads.

    Attributes:
        xruns: Always 0.
    """

    name, xruns = "fake microphone", 0

    def __init__(self, sound: NDArray[np.float32], clock: Clock, fail_at: Sequence[int] = ()) -> None:
        """Take sound (n,) at 48 kHz; `fail_at` has the numbers of reads that raise."""
        self._sound, self._clock, self._fail_at = sound, clock, frozenset(fail_at)
        self._begin_ns, self._place, self._reads = clock.now_ns(), 0, 0
        self.closed = False

    def read(self, count: int) -> AudioBlock | None:
        """Return the next samples at the time they would be spoken.

        The last block may be shorter.
        """
        self._reads += 1
        begin = self._place
        self._place += count
        self._clock.sleep_until_ns(self._begin_ns + self._place * NS_PER_S // FAKE_RATE_HZ)
        if self._reads - 1 in self._fail_at:
            raise SoundError("the microphone is gone", command="livecam devices")
        samples = self._sound[begin : begin + count, None]
        at_ns = self._begin_ns + begin * NS_PER_S // FAKE_RATE_HZ
        return AudioBlock(samples, FAKE_RATE_HZ, begin, at_ns) if len(samples) else None

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


class FakeSoundSink:
    """Keeps what it receives, in real time by a clock; fails for the given sends.

    Attributes:
        sent: Every block.
        xruns: Always 0.
    """

    name, xruns = "fake virtual microphone", 0

    def __init__(self, clock: Clock, fail_at: Sequence[int] = (), waiting_ns: int = 0) -> None:
        self.sent: list[MarkedBlock] = []
        self.waiting_ns = waiting_ns
        self.closed = False
        self._clock, self._fail_at = clock, frozenset(fail_at)
        self._due_ns, self._sends = clock.now_ns(), 0

    def send(self, block: MarkedBlock) -> None:
        """Take a block when the one before it has been played."""
        self._sends += 1
        self._clock.sleep_until_ns(self._due_ns)
        self._due_ns += len(block.samples) * NS_PER_S // block.rate_hz
        if self._sends - 1 in self._fail_at:
            raise OutputError("the virtual microphone is gone", command="livecam doctor")
        self.sent.append(block)

    @property
    def samples(self) -> NDArray[np.float32]:
        """The whole sound (n,)."""
        return np.concatenate([np.zeros(0, np.float32), *(block.samples[:, 0] for block in self.sent)])

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True
