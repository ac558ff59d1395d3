"""Converted sound waits for the device that plays it.

Silence is given out where none is left.
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
"""Samples above what is wanted from which on the oldest are left out."""


class PlayoutBuffer:
    """A buffer between two threads.

    One thread puts, another takes. The one that takes may wait for late sound.

    Sound is given out once as much waits as is wanted. When it runs out, it fades to silence and the wait begins again;
    when far too much waits (the producer was held up and caught up), the oldest is left out, one fading into the other.

    Args:
        wanted: Samples that shall be waiting when a block comes; may be changed while it runs.

    Attributes:
        wanted: As above.
        underflows: How often sound ran out while it was being played.
        dropped: Samples left out.
        level: Samples that waited when the last sound was put, which is when speed and `wanted` are compared.
        origin_ns: When the sound given out last was captured; None while there is silence.
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
        """Samples that wait."""
        return self._put - self._taken

    def take_minimum(self) -> int:
        """Return the minimum fill in samples since the last call, while playing.

        For the thread that takes.
        """
        least, self._least = self._least, self.queued_samples if self._playing else self.wanted
        return least

    @property
    def is_playing(self) -> bool:
        """Whether sound is being given out, not silence."""
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
        """Wait for so many samples while sound is being played.

        At once where they are there or nothing is played.
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
        rise = np.minimum(np.arange(self._rising, self._rising + count) / FADE, 1.0)
        self._rising = min(self._rising + count, FADE)
        return sound * rise

    def _run_dry(self, sound: Floats, count: int) -> Floats:
        """Return what there is, faded out together with the silence after it."""
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
