"""Handle requests to end and closed standard streams from the first line on."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

EXIT_INTERRUPTED = 130
"""Interrupted before anything was open."""


def _numbers() -> list[signal.Signals]:
    asked = [signal.SIGINT, signal.SIGTERM]
    return asked if sys.platform == "win32" else [*asked, signal.SIGHUP]


_asked = threading.Event()


def was_asked_to_end() -> bool:
    """Whether this command was asked to end before it began.

    Foreign code can swallow the exception that said so, for example in the callback of a weak reference.
    """
    return _asked.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise once; a second request ends the process at once."""
    _asked.set()
    for each in _numbers():
        signal.signal(each, _leave)
    raise KeyboardInterrupt


def _leave(number: int, frame: FrameType | None) -> None:
    if number == signal.SIGINT:
        os._exit(EXIT_INTERRUPTED)


@contextmanager
def asked_to_end() -> Iterator[None]:
    """Raise KeyboardInterrupt on Ctrl-C, SIGTERM and a closed terminal.

    Ignored signals stay ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {}
    _asked.clear()
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
        _asked.clear()


@contextmanager
def ends_when_asked() -> Iterator[None]:
    """End the process when it is asked to end during the imports of the program.

    Raises:
        SystemExit: The process was asked to end.
    """
    try:
        with asked_to_end():
            yield
            if was_asked_to_end():
                raise KeyboardInterrupt
    except KeyboardInterrupt:
        raise SystemExit(EXIT_INTERRUPTED) from None


def open_standard_streams() -> None:
    """Replace closed streams by the null device, and escape unknown characters."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _nowhere(number))
        elif number and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _nowhere(number: int) -> object:
    """Open the null device under the number of a closed stream."""
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
    """Flush both streams; return the error that prevented it.

    The exit then prints no second error.
    """
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
