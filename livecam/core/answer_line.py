"""What a child process answers: lines of JSON on its standard output."""

import json
import os
from collections.abc import Mapping
from threading import Lock
from typing import Any, Self


class AnswerLine:
    """The way to the parent, from every thread.

    Nothing is buffered: when the parent has ended, its answers are lost and the end of the child stays silent.
    """

    def __init__(self, descriptor: int) -> None:
        """Write to a descriptor that is open for writing."""
        self._descriptor, self._lock = descriptor, Lock()

    @classmethod
    def take_output(cls) -> Self:
        """Reserve standard output.

        What else is printed there, native code included, goes to standard error.
        """
        line = cls(os.dup(1))
        os.dup2(2, 1)
        return line

    def say(self, item: Mapping[str, Any]) -> None:
        """Write one line; without a reader it is lost."""
        rest = (json.dumps(item, default=str) + "\n").encode()
        with self._lock:
            try:
                while rest:
                    rest = rest[os.write(self._descriptor, rest) :]
            except BrokenPipeError:
                return
