"""Handle Ctrl-C, SIGTERM and a closed terminal as a request to stop."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

asked_before = threading.Event()
"""Set while a command begins, by a request to end that comes before anything can stop in order."""


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` when asked to end, also before; a second Ctrl-C interrupts."""

    def asked(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    numbers: list[signal.Signals] = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        # Under nohup it stays ignored.
        numbers += [signal.SIGHUP] * (signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN)
    before = {number: signal.signal(number, asked) for number in numbers}
    if asked_before.is_set():
        stop()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
