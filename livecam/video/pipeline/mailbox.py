"""Hand over the newest item between two threads.

Older items are counted and dropped.
"""

from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import Generic, TypeVar

from livecam.core.clock import Clock

T = TypeVar("T")


class Mailbox(Generic[T]):
    """A mailbox for one item. `put` never waits; the newest item wins."""

    def __init__(self, clock: Clock) -> None:
        self.replaced = 0
        self._clock = clock
        self._item: T | None = None
        self._closed = False
        self._changed = Condition()

    def put(self, item: T) -> None:
        """Put an item; one that was not taken is replaced and counted."""
        with self._changed:
            if self._item is not None:
                self.replaced += 1
            self._item = item
            self._changed.notify()

    def take(self, until_ns: int = 0) -> T | None:
        """Return the item; None after `until_ns` or when the mailbox is closed."""
        with self._changed:
            if self._item is None and not self._closed and until_ns:
                self._clock.wait_until_ns(self._changed, until_ns)
            item, self._item = self._item, None
            return item

    def discard(self, unwanted: Callable[[T], bool]) -> None:
        """Drop the item if it is unwanted."""
        with self._changed:
            if self._item is not None and unwanted(self._item):
                self._item = None

    def close(self) -> None:
        """Wake the waiting thread.

        No more items can be put; the last can still be taken.
        """
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def is_drained(self) -> bool:
        """Whether the producer is done and the mailbox is empty."""
        with self._changed:
            return self._closed and self._item is None


class Line(Mailbox[T]):
    """A mailbox with items in a line, oldest first.

    A subclass says how they are put and taken.
    """

    def __init__(self, clock: Clock) -> None:
        super().__init__(clock)
        self._line: deque[T] = deque()

    def discard(self, unwanted: Callable[[T], bool]) -> None:
        """Drop the items that are unwanted."""
        with self._changed:
            self._line = deque(item for item in self._line if not unwanted(item))

    @property
    def is_drained(self) -> bool:
        """Whether the producer is done and the line is empty."""
        with self._changed:
            return self._closed and not self._line
