"""Start the workers of a session.

The first exception stops all of them and is raised in the main thread.
"""

import atexit
import os
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from livecam.core.clock import NS_PER_S, SystemClock

AT_EXIT_S: Final = 10.0
"""How long the interpreter's end waits for workers that a session left running."""


def ignore_workers(names: Sequence[str]) -> None:
    """Ignore the workers that are waited for."""


@dataclass(frozen=True, slots=True)
class _Worker:
    """A thread.

    `waited_for`: the session ends when this worker does. `finishes`: its parts close only after it.
    """

    thread: threading.Thread
    waited_for: bool
    finishes: bool


class Supervisor:
    """Runs bodies in threads until they return, one fails, or `stop` is called.

    Attributes:
        stopping: Set when all are to end.
        error: What a worker raised first.
        left: Names of the workers that had not ended when `join` stopped waiting.
    """

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.error: BaseException | None = None
        self.left: tuple[str, ...] = ()
        self._workers: list[_Worker] = []
        self._lock = threading.Lock()

    def start(
        self,
        name: str,
        body: Callable[[threading.Event], None],
        waited_for: bool = True,
        finishes: bool = False,
    ) -> None:
        """Run `body(stopping)` in a thread of that name.

        Args:
            name: What it does, in a word.
            body: Returns soon after the event is set, unless a native call keeps it.
            waited_for: Whether the session ends only when this worker does.
            finishes: Whether its parts can be closed only after it; `join` waits longer for it.
        """

        def guarded() -> None:
            try:
                body(self.stopping)
            except BaseException as error:
                with self._lock:
                    self.error = self.error or error
                self.stopping.set()

        thread = threading.Thread(target=guarded, name=f"livecam-{name}", daemon=True)
        self._workers.append(_Worker(thread, waited_for, finishes))
        thread.start()

    @property
    def running(self) -> bool:
        """Whether any worker that is waited for still runs."""
        return any(worker.thread.is_alive() for worker in self._workers if worker.waited_for)

    def join(
        self,
        timeout_s: float,
        finish_s: float | None = None,
        news: Callable[[Sequence[str]], None] = ignore_workers,
    ) -> list[str]:
        """Stop and wait for all; return the names of workers that did not end in time.

        A worker that is left is in a native call. The end of the interpreter waits for it, within bounds: unwinding a
        thread there would abort the process.

        Args:
            timeout_s: How long each worker gets.
            finish_s: How long those that finish their parts get; None: as long as the others.
            news: Called once with the names of the latter when they need longer than the others.

        Raises:
            BaseException: What a worker raised first.
        """
        self.stopping.set()
        for worker in self._workers:
            worker.thread.join(timeout_s)
        slow = [worker.thread for worker in self._workers if worker.finishes and worker.thread.is_alive()]
        if slow and finish_s is not None:
            news([thread.name for thread in slow])
            _join_within(slow, finish_s)
        stuck = [worker.thread for worker in self._workers if worker.thread.is_alive()]
        self.left = tuple(thread.name for thread in stuck)
        if stuck:
            atexit.register(_join_within, stuck, AT_EXIT_S)
        if self.error is not None:
            raise self.error
        return list(self.left)


def _join_within(threads: Sequence[threading.Thread], timeout_s: float) -> None:
    """Wait `timeout_s` in total for all threads."""
    clock = SystemClock()
    end_ns = clock.now_ns() + int(timeout_s * NS_PER_S)
    for thread in threads:
        thread.join(max(0, end_ns - clock.now_ns()) / NS_PER_S)


def exit_process(exit_code: int, end: Callable[[int], None] = os._exit) -> int:
    """Return the exit code, for `sys.exit`, or end the process at once.

    It ends without unwinding where a thread is left. An interpreter that ends while a daemon thread is in a native
    call unwinds that thread when the call returns. C++ code on its stack then aborts the whole process. Call it last,
    after every file is closed.

    Args:
        exit_code: Of the program.
        end: Ends the process.
    """
    main, this = threading.main_thread(), threading.current_thread()
    if any(thread.daemon and thread not in (main, this) for thread in threading.enumerate()):
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError, AttributeError):  # a reader that went away, a stream that is closed
                stream.flush()
        end(exit_code)
    return exit_code
