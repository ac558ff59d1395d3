"""Frames that wait to be drawn.

The newest wins, but they stay in order while pictures wait for their sound.
"""

from collections.abc import Callable
from typing import Final

from livecam.core.clock import Clock
from livecam.core.frame import Frame
from livecam.video.pipeline.mailbox import Line

MOST: Final = 4
"""Frames kept at most; at 60 per second they last a fifteenth of a second."""
_SHARE: Final = 0.75


class Backlog(Line[Frame]):
    """A mailbox that keeps older frames while they are of use.

    It keeps those of which the pictures still come in time.

    A picture that is shown at once is best made of the newest frame. A picture that waits for its sound is shown at a
    known age. So a short stall of the machine need not lose the frames that came in it.

    Args:
        clock: Tells how old a frame is.
        show_after_ns: Returns the age at which pictures are shown; 0 for at once.
    """

    def __init__(self, clock: Clock, show_after_ns: Callable[[], int]) -> None:
        super().__init__(clock)
        self._show_after_ns = show_after_ns

    def put(self, item: Frame) -> None:
        """Put a frame; a full line drops the oldest."""
        with self._changed:
            self._line.append(item)
            self._drop_late()
            self._changed.notify()

    def take(self, until_ns: int = 0) -> Frame | None:
        """Return the oldest frame that is in time, or the newest.

        Returns:
            None after `until_ns`, or when the mailbox is closed.
        """
        with self._changed:
            if not self._line and not self._closed and until_ns:
                self._clock.wait_until_ns(self._changed, until_ns)
            self._drop_late()
            return self._line.popleft() if self._line else None

    def _drop_late(self) -> None:
        """Drop old frames before the newest: those that do not fit.

        Also those that leave less than a quarter of the age to draw them.
        """
        oldest_ns = self._clock.now_ns() - int(_SHARE * self._show_after_ns())
        while len(self._line) > 1 and (len(self._line) > MOST or self._line[0].captured_ns < oldest_ns):
            self._line.popleft()
            self.replaced += 1
