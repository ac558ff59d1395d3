"""A worker that tries what a box forbids, and says how each attempt ended."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from typing import Any


class Worker:
    """Tries everything at each request; with "bytes" it asks for that much memory instead."""

    def __init__(self) -> None:
        self._home = os.path.expanduser("~")
        with tempfile.NamedTemporaryFile() as kept:
            self._place = kept.name

    def answer(self, request: Mapping[str, Any], data: bytearray, files: list[int]) -> tuple[dict[str, str], bytes]:
        """The outcome of each attempt by name."""
        if "bytes" in request:
            return {"got": str(len(bytearray(request["bytes"])))}, b""
        attempts: dict[str, Callable[[], object]] = {
            "read a file": lambda: os.close(os.open("/etc/passwd", os.O_RDONLY)),
            "write a file": lambda: os.close(os.open(self._place, os.O_WRONLY | os.O_CREAT)),
            "list a folder": lambda: os.listdir(self._home),
            "delete a file": lambda: os.unlink(self._place),
            "open a socket": lambda: socket.socket(),
            "open a local socket": lambda: socket.socket(socket.AF_UNIX),
            "start a program": lambda: subprocess.run([sys.executable, "-c", ""], check=True),
            "fork": os.fork,
            "send a signal": lambda: os.kill(os.getppid(), 0),
        }
        return {name: _outcome(attempt) for name, attempt in attempts.items()}, b""


def _outcome(attempt: Callable[[], object]) -> str:
    try:
        attempt()
    except (OSError, ImportError, RuntimeError) as error:
        return type(error).__name__
    return "done"
