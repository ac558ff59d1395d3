"""Run an attempt in a child process of low priority.

It ends when this process does.
"""

import json
import os
import signal
import subprocess
import sys
from collections import deque
from pathlib import Path
from threading import Thread
from typing import Any, Final

from livecam.core.errors import OutputError
from livecam.core.files.reading import parse_json
from livecam.jobs.job import Failure, Job, Progress
from livecam.jobs.port import Outcome

_LAST_LINES: Final = 20


class ChildAttempt:
    """One attempt; its messages are lines of JSON.

    Attributes:
        progress: The latest progress message.
    """

    def __init__(self, request: dict[str, object]) -> None:
        """Start the process.

        Raises:
            OSError: It cannot be started.
        """
        self.progress = Progress()
        self._said: Outcome | None = None
        self._errors: deque[str] = deque(maxlen=_LAST_LINES)
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENCV_LOG_LEVEL": "SILENT"}
        self._process = subprocess.Popen(
            # Not from the folder that the user happens to be in.
            [sys.executable, "-P", "-m", "livecam.jobs.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self._readers = [Thread(target=read, daemon=True) for read in (self._listen, self._keep_errors)]
        for reader in self._readers:
            reader.start()
        self._ask(request)

    @property
    def pid(self) -> int:
        """The process ID."""
        return self._process.pid

    def outcome(self) -> Outcome | None:
        """Return how it ended; None while it runs."""
        if self._process.poll() is None:
            return None
        for reader in self._readers:
            reader.join(1.0)
        if self._said is not None:
            return self._said
        words = next((line for line in reversed(self._errors) if line.strip()), "")
        return Outcome(last_words=words.strip() or f"exit code {self._process.returncode}")

    def end(self) -> None:
        """Kill the process and what it started; idempotent."""
        if self._process.poll() is None:
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:  # pragma: no cover
                self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def _ask(self, request: dict[str, object]) -> None:
        """Send the request and leave the input open; the child ends with its input."""
        pipe = self._process.stdin
        try:
            if pipe is not None:
                pipe.write(json.dumps(request) + "\n")
                pipe.flush()
        except OSError:
            self._process.kill()

    def _listen(self) -> None:
        if self._process.stdout is None:
            return
        with self._process.stdout as lines:
            for line in lines:
                self._take(line)

    def _take(self, line: str) -> None:
        said: dict[str, Any] = parse_json(line)
        if "progress" in said:
            self.progress = Progress(**said["progress"])
        elif "failed" in said:
            self._said = Outcome(failure=Failure(**said["failed"]))
        else:
            self._said = Outcome(result=said["done"])

    def _keep_errors(self) -> None:
        if self._process.stderr is None:
            return
        with self._process.stderr as lines:
            self._errors.extend(lines)


def make_request(job: Job, folder: Path, data_folder: Path) -> dict[str, object]:
    """Return the request to a child process for a job."""
    return {
        "id": job.id,
        "kind": job.kind,
        "inputs": list(job.inputs),
        "settings": dict(job.settings),
        "folder": str(folder),
        "data_folder": str(data_folder),
    }


class ChildExecutor:
    """Runs jobs on this machine.

    Args:
        data_folder: The user's personas and voices.
        slots: How many jobs run at once.
    """

    def __init__(self, data_folder: Path, slots: int = 1) -> None:
        self._data_folder, self._slots = data_folder, slots

    @property
    def slots(self) -> int:
        """How many jobs run at once."""
        return self._slots

    def close(self) -> None:
        """Close nothing."""

    def start(self, job: Job, folder: Path) -> ChildAttempt:
        """Start as the port says."""
        try:
            return ChildAttempt(make_request(job, folder, self._data_folder))
        except OSError as error:
            raise OutputError(f"no process can be started: {error.strerror}", advice="end another program") from error
