"""From the first line on: a request to end is no traceback, and a standard stream that is closed is an empty one."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

EXIT_INTERRUPTED = 130
"""Asked to end before there was anything to end cleanly."""


def _numbers() -> list[signal.Signals]:
    asked = [signal.SIGINT, signal.SIGTERM]
    return asked if sys.platform == "win32" else [*asked, signal.SIGHUP]


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Unwind once; who asks again does not wait for that."""
    for each in _numbers():
        signal.signal(each, _leave)
    raise KeyboardInterrupt


def _leave(number: int, frame: FrameType | None) -> None:
    if number == signal.SIGINT:
        os._exit(EXIT_INTERRUPTED)


@contextmanager
def asked_to_end() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt in the block; what was ignored stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    for number in _numbers():
        handler = signal.getsignal(number)
        if handler in (signal.SIG_DFL, signal.default_int_handler):
            before[number] = handler
            signal.signal(number, _interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ends_when_asked() -> Iterator[None]:
    """The same for the imports of the program: there the process ends.

    Raises:
        SystemExit: It was asked to.
    """
    try:
        with asked_to_end():
            yield
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def open_standard_streams() -> None:
    """A closed input is empty, a closed output takes everything; letters a terminal lacks are written as escapes."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _nowhere(number))
        elif number and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _nowhere(number: int) -> object:
    """The null device under the number of a stream that is closed, so that no other file gets it."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    if descriptor != number:
        try:
            os.fstat(number)
        except OSError:
            os.dup2(descriptor, number)
            os.close(descriptor)
            descriptor = number
    os.set_inheritable(descriptor, True)
    return open(descriptor, "w" if number else "r", encoding="utf-8", errors="backslashreplace", closefd=False)


def flushed() -> OSError | None:
    """Hand over what was printed; what kept that from being done. Nothing is complained about at the exit then."""
    failed = None
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError) as error:
            failed = failed or (error if isinstance(error, OSError) else None)
            _silence(stream)
    return failed


def _silence(stream: object) -> None:
    with suppress(OSError, ValueError, AttributeError):
        descriptor = os.open(os.devnull, os.O_WRONLY)
        os.dup2(descriptor, stream.fileno())  # type: ignore[attr-defined]
        os.close(descriptor)
