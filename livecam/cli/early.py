"""Handle requests to end and closed standard streams from the first line on."""

import io
import os
import signal
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, TypeGuard

from livecam.core.stop_signals import asked_before

EXIT_INTERRUPTED = 130
"""Interrupted before anything was open."""


def _numbers() -> list[signal.Signals]:
    asked = [signal.SIGINT, signal.SIGTERM]
    return asked if sys.platform == "win32" else [*asked, signal.SIGHUP]


def was_asked_to_end() -> bool:
    """Whether this command was asked to end before it began.

    Foreign code can swallow the exception that said so, for example in the callback of a weak reference.
    """
    return asked_before.is_set()


def _interrupt(number: int, frame: FrameType | None) -> None:
    """Raise once; a second request ends the process at once."""
    asked_before.set()
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
    asked_before.clear()
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
        asked_before.clear()


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


class _Lasting(io.FileIO):
    """Loses what is written after the reader went away: the command goes on.

    What prints would end the process, and with it the files that it still has to write.
    """

    def write(self, data: Any, /) -> int:
        """Write, or take what no reader wants as written."""
        try:
            return super().write(data)
        except BrokenPipeError:
            return memoryview(data).nbytes


def open_standard_streams() -> None:
    """Replace closed streams by the null device, and escape unknown characters.

    A command goes on when the reader of its output goes away.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _nowhere(number))
        elif number and _is_pipe(stream, number):
            setattr(sys, name, _lasting(stream, number))
        elif number and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def _is_pipe(stream: object, number: int) -> TypeGuard[io.TextIOWrapper]:
    """Return whether a stream is the process's own, and a pipe."""
    buffer = getattr(stream, "buffer", None)
    raw = getattr(buffer, "raw", buffer)  # it is the buffer itself with PYTHONUNBUFFERED
    if type(raw) is not io.FileIO or raw.fileno() != number:
        return False
    mode = os.fstat(number).st_mode
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def _lasting(stream: io.TextIOWrapper, number: int) -> io.TextIOWrapper:
    stream.flush()
    binary = io.BufferedWriter(_Lasting(number, "w", closefd=False))
    return io.TextIOWrapper(
        binary,
        stream.encoding,
        "backslashreplace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )


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
