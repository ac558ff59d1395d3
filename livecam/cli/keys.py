"""Read single keys from the terminal, and restore it afterwards."""

import os
import re
import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

Pressed = Callable[[], str]

# Arrow and function keys send several characters, letters among them.
_FUNCTION_KEY = re.compile(r"\x1b(\[[0-9;]*|O)?[A-Za-z~]?")


def no_keys() -> str:
    """Return the keys of a run without a terminal: none."""
    return ""


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def open_keys(stdin: TextIO) -> Iterator[Pressed]:
        """Give a function that returns the keys pressed since its last call."""

        def pressed() -> str:
            typed = ""
            while msvcrt.kbhit():
                typed += msvcrt.getwch()
            return typed

        yield pressed if stdin.isatty() else no_keys

else:
    import termios
    import tty

    @contextmanager
    def open_keys(stdin: TextIO) -> Iterator[Pressed]:
        """Give a function that returns the keys pressed since its last call.

        Ctrl-C stays an interrupt. A background job does not touch the terminal: that would stop the job.
        After Ctrl-Z and `fg` the keys work again.
        """
        if not stdin.isatty() or not _in_foreground(stdin.fileno()):
            yield no_keys
            return
        descriptor = stdin.fileno()
        before = termios.tcgetattr(descriptor)

        def pressed() -> str:
            if not select.select([descriptor], [], [], 0)[0]:
                return ""
            return _FUNCTION_KEY.sub("", os.read(descriptor, 64).decode(errors="replace"))

        def continued(number: int, frame: FrameType | None) -> None:
            # The shell has changed the terminal mode.
            if _in_foreground(descriptor):
                tty.setcbreak(descriptor)

        tty.setcbreak(descriptor)
        handler = signal.signal(signal.SIGCONT, continued)
        try:
            yield pressed
        finally:
            signal.signal(signal.SIGCONT, handler)
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)

    def _in_foreground(descriptor: int) -> bool:
        return os.tcgetpgrp(descriptor) == os.getpgrp()
