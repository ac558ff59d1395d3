"""Handle Ctrl-C, SIGTERM and a closed terminal as a request to stop."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

_CLOSED: Final[tuple[signal.Signals, ...]] = (signal.SIGHUP,) if sys.platform != "win32" else ()
asked_before = threading.Event()
"""Set while a command begins, by a request to end that comes before anything can stop in order."""


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` when asked to end, also before; a second Ctrl-C interrupts."""

    def asked(number: int, frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    # Under nohup a closed terminal stays ignored.
    closed = [number for number in _CLOSED if signal.getsignal(number) is not signal.SIG_IGN]
    numbers = [signal.SIGINT, signal.SIGTERM, *closed]
    before = {number: signal.signal(number, asked) for number in numbers}
    if asked_before.is_set():
        stop()
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
