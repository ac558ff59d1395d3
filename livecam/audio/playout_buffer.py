"""Buffer converted sound for the playback device.

It returns silence where no sound is left.
"""

from collections import deque
from threading import Condition
from typing import Final

import numpy as np

from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.framing import Floats
from livecam.disclosure.sound.marker import RATE_HZ

FADE: Final = RATE_HZ // 100
"""Samples of every fade: 10 ms."""
TOO_MUCH: Final = RATE_HZ // 16
"""Samples above the wanted level from which the buffer drops the oldest."""


class PlayoutBuffer:
    """A buffer between a thread that puts and one that takes.

    The thread that takes may wait for late sound.

    Playback begins once `wanted` samples are queued. When sound runs out, it fades to silence and the wait begins
    again. When far too much is queued (the producer stalled and caught up), the buffer drops the oldest with a
    crossfade.

    Args:
        wanted: Samples to be queued when a block comes; may be changed while it runs.

    Attributes:
        wanted: The argument.
        underflows: How often sound ran out during playback.
        dropped: Samples dropped.
        level: Samples queued at the last `put`, which is when speed and `wanted` are compared.
        origin_ns: When the last returned sound was captured; None during silence.
    """

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.underflows = self.dropped = self.level = 0
        self.origin_ns: int | None = None
        self._changed = Condition()
        self._sound: Floats = np.zeros(0)
        self._starts: deque[tuple[int, int]] = deque()
        self._put = self._taken = self._given = 0
        self._playing, self._rising, self._last = False, 0, 0.0
        self._least = wanted

    @property
    def queued_samples(self) -> int:
        """Samples queued."""
        return self._put - self._taken

    def take_minimum(self) -> int:
        """Return the lowest fill since the last call, in samples, during playback.

        Only the thread that takes may call it.
        """
        least, self._least = self._least, self.queued_samples if self._playing else self.wanted
        return least

    @property
    def is_playing(self) -> bool:
        """Whether the buffer returns sound, not silence."""
        return self._playing

    def put(self, block: AudioBlock) -> None:
        """Add the next sound."""
        with self._changed:
            self.level = self.queued_samples
            self._sound = np.concatenate([self._sound, block.samples[:, 0]])
            self._starts.append((self._put, block.captured_ns))
            self._put += len(block.samples)
            if self.queued_samples > self.wanted + TOO_MUCH:
                self._leave_out(self.queued_samples - self.wanted)
            self._changed.notify()

    def await_sound(self, count: int, clock: Clock, until_ns: int) -> None:
        """Wait until `count` samples are queued, if sound is playing.

        Return at once where they are there or nothing is playing.
        """
        with self._changed:
            while self._playing and self.queued_samples < count and clock.now_ns() < until_ns:
                clock.wait_until_ns(self._changed, until_ns)

    def take(self, count: int) -> AudioBlock:
        """Return the next `count` samples: sound, or silence with faded edges."""
        with self._changed:
            if not self._playing and self.queued_samples >= max(self.wanted, count):
                self._playing, self._rising = True, 0
            sound = self._next(min(count, self.queued_samples)) if self._playing else np.zeros(0)
            if len(sound) < count:
                sound = self._run_dry(sound, count)
            self._last = float(sound[-1]) if count else self._last
        block = AudioBlock(sound.astype(np.float32)[:, None], RATE_HZ, self._given, self.origin_ns or 0)
        self._given += count
        return block

    def _next(self, count: int) -> Floats:
        sound, self._sound = self._sound[:count], self._sound[count:]
        self.origin_ns = self._captured_ns(self._taken)
        self._taken += count
        self._least = min(self._least, self.queued_samples)
        if self._rising >= FADE:
            return sound
        rise = np.minimum(np.arange(self._rising, self._rising + count) / FADE, 1.0)
        self._rising = min(self._rising + count, FADE)
        return sound * rise

    def _run_dry(self, sound: Floats, count: int) -> Floats:
        """Return the last samples, faded out into the silence that follows."""
        if self._playing:
            self.underflows += 1
        self._playing, self.origin_ns = False, None
        held = np.append(sound, np.full(count - len(sound), sound[-1] if len(sound) else self._last))
        return held * np.clip(1 - np.arange(1, count + 1) / min(FADE, count), 0, 1)

    def _leave_out(self, excess: int) -> None:
        excess = min(excess, len(self._sound) - FADE)
        rise = np.arange(1, FADE + 1) / FADE
        old, new = self._sound[:FADE], self._sound[excess : excess + FADE]
        joined = old * (1 - rise) + new * rise
        self._sound = np.concatenate([joined, self._sound[excess + FADE :]])
        self._taken += excess
        self.dropped += excess

    def _captured_ns(self, place: int) -> int:
        while len(self._starts) > 1 and self._starts[1][0] <= place:
            self._starts.popleft()
        begin, captured_ns = self._starts[0]
        return captured_ns + (place - begin) * NS_PER_S // RATE_HZ
