"""The box as seen from the program.

It is a process that is started once, and replaced when it dies or stalls.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from importlib import import_module
from threading import Lock
from typing import Any, Final

from livecam.box.channel import BrokenChannel, Message, receive, send
from livecam.box.child import Worker, answer
from livecam.core import errors
from livecam.core.errors import LivecamError, remedy
from livecam.core.files.reading import parse_json

ANSWER_S: Final = 30.0
"""Longest time of one answer: a picture, or a second of sound."""
_START_S: Final = 60.0
_END_S: Final = 1.0
_KEPT: Final = 2
_STARTED: Final = "from livecam.box.child import main; main()"


BOXED: Final = hasattr(socket, "send_fds") and os.name == "posix"
"""Whether this system passes open files to other processes.

Elsewhere the worker runs in this one.
"""


class ProcessDied(Exception):
    """The box ended, stalled or sent an invalid answer.

    Its text completes a sentence.
    """


class Box:
    """One child process.

    Attributes:
        means: Names of the sandbox mechanisms.
    """

    def __init__(self, worker: str) -> None:
        """Start a process with the worker of that module.

        Raises:
            ProcessDied: It does not start.
        """
        self.worker = worker
        self._line, theirs = socket.socketpair()
        # Its sums are small: threads of the linear algebra would only take the picture's processors.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT"}
        with theirs:
            self._process = subprocess.Popen(
                # Not from the folder that the user happens to be in.
                [sys.executable, "-P", "-c", _STARTED, str(theirs.fileno()), worker],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=environment,
                start_new_session=True,
            )
        self.asked = 0
        self.means = tuple(self._answer(_START_S)[0].get("ready", ()))

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    def ask(self, request: Message, data: bytes = b"", files: Sequence[int] = ()) -> None:
        """Send a request; `answer` returns its answer, in order.

        Raises:
            ProcessDied: The box is gone.
        """
        self._set_timeout(ANSWER_S)
        try:
            send(self._line, request, data, files)
        except BrokenChannel as error:
            raise ProcessDied(self._last_words()) from error
        self.asked += 1

    def answer(self) -> tuple[dict[str, Any], bytearray]:
        """Return the next answer, and its bytes.

        Raises:
            ProcessDied: The box is gone, stalled, or ran out of memory.
            LivecamError: What the worker raised.
        """
        message, data = self._answer(ANSWER_S)
        self.asked -= 1
        return _raise_error(message), data

    def call(self, request: Message, data: bytes = b"", files: Sequence[int] = ()) -> tuple[dict[str, Any], bytearray]:
        """Send a request, and wait for the answer.

        Raises:
            ProcessDied, LivecamError: As `answer`.
        """
        self.ask(request, data, files)
        return self.answer()

    def _answer(self, patience_s: float) -> tuple[dict[str, Any], bytearray]:
        self._set_timeout(patience_s)
        try:
            message, data, files = receive(self._line)
        except TimeoutError as error:
            self.kill()
            raise ProcessDied(f"kept its decoder busy for {patience_s:.0f} s") from error
        except BrokenChannel as error:
            raise ProcessDied(self._last_words()) from error
        for file in files:
            os.close(file)
        return message, data

    def _set_timeout(self, patience_s: float) -> None:
        """Set the time to wait for a message.

        Raises:
            ProcessDied: It was ended before.
        """
        if self._line.fileno() < 0:
            raise ProcessDied("is closed")
        self._line.settimeout(patience_s)

    def _last_words(self) -> str:
        self.kill()
        code = self._process.returncode
        return f"ended its decoder ({f'signal {-code}' if code is not None and code < 0 else f'exit code {code}'})"

    def kill(self) -> None:
        """End the process at once; may be called twice."""
        self._line.close()
        try:
            self._process.wait(0.05)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def close(self) -> None:
        """Let it end itself, which it does when the connection closes."""
        self._line.close()
        try:
            self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _raise_error(message: dict[str, Any]) -> dict[str, Any]:
    """Return the message; raise it if it is an error."""
    kind = message.get("error")
    if kind is None:
        return message
    says, hint = str(message.get("says", ""))[:1000], str(message.get("hint", ""))[:1000]
    raised = getattr(errors, kind, None) if isinstance(kind, str) else None
    if isinstance(raised, type) and issubclass(raised, LivecamError):
        raise raised(says, **remedy(hint))
    raise ProcessDied("needs more memory than there is for it" if kind == "memory" else f"cannot be decoded ({says})")


class InlineBox(Box):
    """The same without a process, for systems that cannot pass an open file."""

    def __init__(self, worker: str) -> None:
        """Open the worker in this process."""
        self.worker, self.means, self.asked = worker, (), 0
        self._worker: Worker = import_module(worker).Worker()
        self._answers: deque[tuple[Message, bytes | memoryview]] = deque()

    @property
    def pid(self) -> int:
        """Process ID of the program itself."""
        return os.getpid()

    def ask(self, request: Message, data: bytes = b"", files: Sequence[int] = ()) -> None:
        """Answer the request at once."""
        handed = [os.dup(file) for file in files]
        self._answers.append(answer(self._worker, request, bytearray(data), handed))
        self.asked += 1

    def answer(self) -> tuple[dict[str, Any], bytearray]:
        """Return the next answer."""
        message, data = self._answers.popleft()
        self.asked -= 1
        return _raise_error(parse_json(json.dumps(message))), bytearray(data)

    def kill(self) -> None:
        """Forget the requests."""
        self._answers.clear()

    def close(self) -> None:
        """Do nothing: there is no process to end."""


_idle: list[Box] = []
_guard = Lock()


def borrow(worker: str) -> Box:
    """Return a box with that worker: the one that waited shortest, or a new one.

    Raises:
        ProcessDied: None can be started.
    """
    with _guard:
        for number in reversed(range(len(_idle))):
            if _idle[number].worker == worker:
                return _idle.pop(number)
    return Box(worker) if BOXED else InlineBox(worker)


def give_back(box: Box) -> None:
    """Keep a box that has answered everything for the next file; end any other."""
    with _guard:
        if box.asked == 0 and len(_idle) < _KEPT:
            _idle.append(box)
            return
    box.kill()


def list_waiting() -> tuple[Box, ...]:
    """Return the boxes that wait for a file."""
    with _guard:
        return tuple(_idle)


@atexit.register
def end_all() -> None:
    """End the boxes that wait."""
    with _guard:
        waiting, _idle[:] = list(_idle), []
    for box in waiting:
        box.close()
