"""Run inside the box.

It imports a worker, sandboxes the process, and answers requests until the other end is gone.
"""

import os
import signal
import socket
import sys
import time
from importlib import import_module
from threading import Thread
from typing import Any, Protocol

from livecam.box.channel import BrokenChannel, Message, receive, send
from livecam.box.limits import enter_sandbox
from livecam.core.errors import LivecamError

_LOOKS_EVERY_S = 2.0


class Worker(Protocol):
    """Answers requests, one after the other."""

    def answer(self, request: Message, data: bytearray, handed: list[int]) -> tuple[Message, bytes | memoryview]:
        """Answer one request; the open files are the worker's from now on.

        Raises:
            LivecamError: Sent to the other end in place of the answer.
        """
        ...


def main() -> None:
    """Serve a socket with a worker.

    The arguments are the socket's number and the worker's module.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    line = socket.socket(fileno=int(sys.argv[1]))
    worker = import_module(sys.argv[2]).Worker()
    Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    send(line, {"ready": enter_sandbox()})
    try:
        while True:
            request, data, files = receive(line)
            send(line, *answer(worker, request, data, files))
    except BrokenChannel:
        os._exit(0)


def answer(worker: Worker, request: Message, data: bytearray, files: list[int]) -> tuple[Message, bytes | memoryview]:
    """Return the worker's answer, or the error that it raised."""
    try:
        return worker.answer(request, data, files)
    except LivecamError as error:
        return _error(type(error).__name__, str(error), error.help_text), b""
    except MemoryError:
        return _error("memory", "", ""), b""
    except Exception as error:
        # Nothing that a file makes happen may end without an answer; the other end says it in words.
        return _error("unexpected", f"{type(error).__name__}: {error}"[:300], ""), b""


def _error(kind: str, says: str, hint: str) -> dict[str, Any]:
    return {"error": kind, "says": says, "hint": hint}


def _end_with(parent: int) -> None:
    """End when the parent process is gone, even while a decoder runs."""
    while os.getppid() == parent:
        time.sleep(_LOOKS_EVERY_S)
    os._exit(0)
