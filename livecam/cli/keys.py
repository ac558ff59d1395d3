"""Single keys from the terminal while something runs; the terminal is as before afterwards."""

import os
import re
import select
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

Pressed = Callable[[], str]

# Arrow and function keys send several characters, letters among them.
_FUNCTION_KEY = re.compile(r"\x1b(\[[0-9;]*|O)?[A-Za-z~]?")


def no_keys() -> str:
    """The keys of a run without a terminal: none."""
    return ""


if sys.platform == "win32":
    import msvcrt

    @contextmanager
    def open_keys(stdin: TextIO) -> Iterator[Pressed]:
        """Give a function that returns the keys pressed since its last call, without waiting."""

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
        """Give a function that returns the keys pressed since its last call, without waiting.

        Ctrl-C stays an interrupt. A job in the background leaves the terminal alone: touching it would stop the job.
        """
        if not stdin.isatty() or os.tcgetpgrp(stdin.fileno()) != os.getpgrp():
            yield no_keys
            return
        descriptor = stdin.fileno()
        before = termios.tcgetattr(descriptor)

        def pressed() -> str:
            if not select.select([descriptor], [], [], 0)[0]:
                return ""
            return _FUNCTION_KEY.sub("", os.read(descriptor, 64).decode(errors="replace"))

        tty.setcbreak(descriptor)
        try:
            yield pressed
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)
