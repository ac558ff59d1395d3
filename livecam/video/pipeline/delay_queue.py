"""A queue that delays pictures until their sound is ready."""

from typing import Final

from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.frame import MarkedFrame
from livecam.video.pipeline.mailbox import Line

MOST: Final = 12
"""Pictures queued at most; at 60 per second they last a fifth of a second."""
_STEP_NS: Final = NS_PER_MS // 2


class DelayQueue(Line[MarkedFrame]):
    """A mailbox in which pictures wait until they are old enough.

    Without a delay it holds one picture, the newest.

    Attributes:
        show_after_ns: Age at which a picture is taken; may be set at any time, and is reached in small steps from one
            picture to the next.
        ready_ns: Age of the last picture when it was put; None before the first.
        shown_ns: Age of the last picture when it was taken to be shown; None before the first.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self.show_after_ns = self._after_ns = 0
        self.ready_ns: int | None = None
        self.shown_ns: int | None = None

    def put(self, item: MarkedFrame) -> None:
        """Queue a picture; a full queue drops the oldest."""
        with self._changed:
            self.ready_ns = self._clock.now_ns() - item.captured_ns
            self._line.append(item)
            while len(self._line) > (MOST if self._after_ns else 1):
                self._line.popleft()
                self.replaced += 1
            self._changed.notify()

    def take(self, until_ns: int = 0) -> MarkedFrame | None:
        """Return the newest picture that is old enough, and drop those before it.

        Returns:
            None when there is none by `until_ns`.
        """
        with self._changed:
            while (item := self._due()) is None and not (self._closed and not self._line):
                if self._clock.now_ns() >= until_ns:
                    return None
                first_ns = self._line[0].captured_ns + self._after_ns if self._line else until_ns
                self._clock.wait_until_ns(self._changed, min(first_ns, until_ns))
            return item

    def _due(self) -> MarkedFrame | None:
        item, now_ns = None, self._clock.now_ns()
        while self._line and (not self._after_ns or self._line[0].captured_ns + self._after_ns <= now_ns):
            self.replaced += item is not None
            item = self._line.popleft()
        if item is not None:
            self.shown_ns = now_ns - item.captured_ns
            self._after_ns += min(max(self.show_after_ns - self._after_ns, -_STEP_NS), _STEP_NS)
        return item
