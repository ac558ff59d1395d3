"""A model's process as livecam sees it.

Started, asked one thing at a time, ended when it grows or hangs.

Questions and answers are lines of JSON; pictures and numbers lie in memory that both share.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from multiprocessing import Pipe
from pathlib import Path
from threading import Lock
from typing import Any, Final

from engines.onnx.memory import GREW
from engines.swap.neural.shared_block import Block, Place
from livecam.core.errors import EngineError, remedy
from livecam.core.files.reading import parse_json
from livecam.core.priority import call_at_usual_priority

Words = Mapping[str, Any]
LOADING_S: Final = 600.0
LATE_S: Final = 3.0
"""An answer that takes longer, for which the process has worked most of that time, is waited for no more."""
HANG_S: Final = 30.0
"""So long an answer is waited for while a busy machine lets the process work little."""
_MOST_ANSWER_BYTES: Final = 1 << 22
_AT_ONCE_S: Final = 0.2
_BUSY_SHARE: Final = 0.5
_END_S: Final = 5.0
_MODULE: Final = "engines.swap.neural.worker"


class ProcessEnded(EngineError):
    """The process of a model is no more; the words say why."""


class ModelProcess:
    """One child process with one model.

    Questions may come from one thread at a time, `close` from any.

    Attributes:
        block: What both share.
        ready: What it said when it had loaded.
    """

    def __init__(self, name: str, job: Words, places: Sequence[Place], late_s: float = LATE_S) -> None:
        """Start a process and wait until it has loaded the model.

        Args:
            name: Of the model, for messages.
            job: What it is to load; see `engines.swap.neural.worker`.
            places: The arrays that both share.
            late_s: How long it may work for one answer.

        Raises:
            EngineError: The model does not load, or fails its trial.
            Ended: It takes its process down, or never ends.
        """
        self.block = Block.new(places)
        self.late_s = late_s
        self._name, self._asking, self._closed = name, Lock(), False
        self._line, theirs = Pipe()
        with tempfile.TemporaryDirectory(prefix="livecam-") as folder:
            try:
                self._process = call_at_usual_priority(lambda: self._start(theirs, folder))
            finally:
                theirs.close()
            self.ready = self._load(job)

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def ask(self, question: Words) -> Words:
        """Return the answer to a question; the arrays of both are in the block.

        Raises:
            EngineError: The model failed; it may be asked again.
            Ended: It grew, hangs, or ended by itself; it is gone.
        """
        with self._asking:
            if self._closed:
                raise EngineError(f"{self._name} is closed", advice="start livecam again")
            return self._ask(question, self.late_s, HANG_S)

    def close(self) -> None:
        """End it at once.

        May be called twice, and while another thread waits for an answer.
        """
        self._closed = True
        self._process.kill()
        with self._asking:
            self._end()

    def _load(self, job: Words) -> Words:
        try:
            return self._ask(job, LOADING_S, LOADING_S)
        except EngineError:
            self._closed = True
            self._end()
            raise

    def _start(self, theirs: Any, folder: str) -> "subprocess.Popen[bytes]":
        """Start the process.

        Temporary files of its start go into a folder that is deleted after it.
        """
        command = [sys.executable, "-P", "-m", _MODULE, str(theirs.fileno()), self.block.handle]
        more: dict[str, Any] = {"pass_fds": (theirs.fileno(), *self.block.files)}
        if sys.platform == "win32":
            os.set_handle_inheritable(theirs.fileno(), True)
            more = {"startupinfo": subprocess.STARTUPINFO(lpAttributeList={"handle_list": [theirs.fileno()]})}
        # Its standard input stays open as long as this process lives; Ctrl-C is this process's business alone.
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, **dict.fromkeys(("TMPDIR", "TMP", "TEMP"), folder)},
            **more,
        )

    def _ask(self, question: Words, late_s: float, hang_s: float) -> Words:
        try:
            self._line.send_bytes(json.dumps(question).encode())
            if not self._line.poll(_AT_ONCE_S) and (why := self._late(late_s, hang_s)):
                self._end()
                raise ProcessEnded(f"{self._name} {why} and was ended", **remedy(self._hint))
            answer = parse_json(self._line.recv_bytes(_MOST_ANSWER_BYTES))
            failed, hint = answer.get("failed"), str(answer.get("hint", ""))
        except (OSError, EOFError, ValueError, AttributeError) as error:
            raise self._gone() from error
        if failed is not None:
            raise EngineError(str(failed), **remedy(hint))
        found: Words = answer
        return found

    def _late(self, late_s: float, hang_s: float) -> str | None:
        """Wait for a late answer; return why waiting ended.

        None when the answer is there.
        """
        before_s, waited_s = read_processor_s(self.pid), 0.0
        while not self._line.poll(late_s):
            waited_s += late_s
            now_s = read_processor_s(self.pid)
            if before_s is not None and now_s is not None and now_s - before_s >= _BUSY_SHARE * late_s:
                return f"worked for {now_s - before_s:.0f} s without an answer"
            if waited_s >= hang_s:
                return f"gave no answer for {waited_s:.0f} s"
        return None

    def _gone(self) -> EngineError:
        self._end()
        if self._closed:
            return EngineError(f"{self._name} is closed", advice="start livecam again")
        code = self._process.returncode
        if code == GREW:
            return ProcessEnded(
                f"{self._name} took more memory than it needs for a face and was ended", **remedy(self._hint)
            )
        how = f"signal {-code}" if code < 0 else f"code {code}"
        return ProcessEnded(f"{self._name} took its process down ({how})", **remedy(self._hint))

    @property
    def _hint(self) -> str:
        return f"livecam models check {self._name}, or another model"

    def _end(self) -> None:
        try:
            # One that ended by itself is let go with its own code.
            self._process.wait(0 if self._closed else 1)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(_END_S)
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._line.close()
        self.block.close()


def read_processor_s(pid: int) -> float | None:
    """Return the processor time of a process, all threads.

    None where the system does not report it.
    """
    if sys.platform != "linux":
        return None
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None
