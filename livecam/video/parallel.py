"""Run a function in a helper thread or inline, behind one interface."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Parallel(Protocol):
    """Starts a task with a result that is needed a little later."""

    def start(self, work: Callable[[], T]) -> AbstractContextManager[Callable[[], T]]:
        """Start `work`; the block receives a function that waits for its result.

        That function raises what `work` raised. The work is done when the block is left; an error that was not raised
        before is raised then.
        """
        ...


class InlineParallel:
    """Runs the task when it is started; for tests."""

    @contextmanager
    def start(self, work: Callable[[], T]) -> Iterator[Callable[[], T]]:
        """Do what `Parallel.start` does; an error comes at once."""
        result = work()
        yield lambda: result


class ThreadedParallel:
    """Runs tasks on a thread of its own, which lives as long as this object."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "livecam-parallel")

    @contextmanager
    def start(self, work: Callable[[], T]) -> Iterator[Callable[[], T]]:
        """Do what `Parallel.start` does."""
        future = self._pool.submit(work)
        try:
            yield future.result
        finally:
            wait([future])
        future.result()
