"""The mouth's movement, by the time at which its sound was spoken.

One thread writes it, another reads.
"""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Final

from livecam.core.clock import NS_PER_MS

KEPT: Final = 200
"""Number of stored shapes: two seconds."""
_SHUTS_NS: Final = 120 * NS_PER_MS
"""Time in which a mouth without sound shuts."""


class MouthTrack:
    """Keeps the newest mouth shapes, and returns the mouth at a time.

    Where the sound's process is late or gone, the mouth shuts.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._shapes: deque[tuple[int, float, float]] = deque(maxlen=KEPT)

    def add(self, shapes: Iterable[Sequence[float]]) -> None:
        """Add shapes: nanoseconds, opening 0..1, width -1..1.

        One that is not later than the last is ignored.
        """
        with self._lock:
            for at_ns, opening, width in shapes:
                if not self._shapes or at_ns > self._shapes[-1][0]:
                    self._shapes.append((int(at_ns), float(opening), float(width)))

    def at(self, t_ns: int) -> tuple[float, float]:
        """Return opening and width at a time, interpolated."""
        with self._lock:
            shapes = tuple(self._shapes)
        place = bisect_right(shapes, t_ns, key=lambda shape: shape[0])
        if place == 0:
            return 0.0, 0.0
        last_ns, opening, width = shapes[place - 1]
        if place < len(shapes) and shapes[place][0] - last_ns <= _SHUTS_NS:
            next_ns, later, wider = shapes[place]
            share = (t_ns - last_ns) / (next_ns - last_ns)
            return opening + share * (later - opening), width + share * (wider - width)
        fade = max(0.0, 1 - (t_ns - last_ns) / _SHUTS_NS)
        return opening * fade, width * fade
