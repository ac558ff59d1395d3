"""The audio process as seen from the main process."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from tempfile import TemporaryFile
from threading import Lock, Thread
from typing import Any, Final, Protocol

from livecam.audio.process.job import VoiceJob
from livecam.core.clock import Clock
from livecam.core.files.reading import parse_json
from livecam.core.voice_stats import SCHEMA

_END_S: Final = 1.5


class Child(Protocol):
    """A running audio process."""

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        ...

    @property
    def figures(self) -> Mapping[str, object]:
        """The latest message; empty at first."""
        ...

    @property
    def last_heard_ns(self) -> int:
        """When the latest message came; at first, when the process started."""
        ...

    def set_hold(self, hold_ms: float) -> None:
        """Set how long sound waits for the picture; ignored after its end."""
        ...

    def announce(self) -> None:
        """Play the notice for a program that began to listen.

        Do nothing when the process has ended.
        """
        ...

    def speak(self, text: str) -> None:
        """Speak a typed text; do nothing when the process has ended."""
        ...

    def end(self, patience_s: float) -> None:
        """Ask the process to end; kill it after `patience_s`."""
        ...


class ChildProcess:
    """A fresh interpreter with the job on its standard input.

    It ends when that is closed, and so also when the main process dies.

    Attributes:
        figures: The latest message.
        last_heard_ns: When it came.
    """

    def __init__(
        self,
        job: VoiceJob,
        clock: Clock,
        sounded: Callable[[Mapping[str, Any]], None] = lambda piece: None,
        moved: Callable[[Sequence[Sequence[float]]], None] = lambda shapes: None,
    ) -> None:
        """Start the process.

        `sounded` takes the sound in pieces, `moved` takes mouth shapes; each only where the job asks for it.
        """
        self._clock, self._sounded, self._moved, self._writing = clock, sounded, moved, Lock()
        self.figures: Mapping[str, object] = {}
        self.last_heard_ns = clock.now_ns()
        # Its sums are small: threads of the linear algebra would only take the picture's processors.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        self._errors = TemporaryFile()  # noqa: SIM115 - closed by the thread that reads it at the end
        self._process = subprocess.Popen(
            # Not from the current folder.
            [sys.executable, "-P", "-m", "livecam.audio.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=environment,
            start_new_session=True,
        )
        self._say(job.to_line())
        Thread(target=self._listen, name="livecam-voice-figures", daemon=True).start()

    @property
    def pid(self) -> int:
        """Process ID."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._process.poll() is None

    def set_hold(self, hold_ms: float) -> None:
        """Set how long sound waits for the picture."""
        self._say(json.dumps({"hold_ms": hold_ms}))

    def announce(self) -> None:
        """Play the notice."""
        self._say(json.dumps({"announce": True}))

    def speak(self, text: str) -> None:
        """Speak a typed text."""
        self._say(json.dumps({"say": text}))

    def end(self, patience_s: float = _END_S) -> None:
        """Close its input, which ends it; kill it if it does not end."""
        if self._process.stdin is not None and not self._process.stdin.closed:
            try:
                self._process.stdin.close()
            except BrokenPipeError:
                self._process.kill()
        try:
            self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin is None or self._process.stdin.closed:
            return
        try:
            with self._writing:
                self._process.stdin.write(line + "\n")
                self._process.stdin.flush()
        except OSError:
            # It has ended; whoever watches it sees that and starts another.
            self._process.kill()

    def _listen(self) -> None:
        answers = self._process.stdout
        if answers is None:
            return
        with answers:
            for line in answers:
                if (said := _answer(line)) is None:
                    self.figures = {**self.figures, "garbled": int(str(self.figures.get("garbled", 0))) + 1}
                    continue
                if "sound" in said:
                    self._sounded(said["sound"])
                elif "lips" in said:
                    self._moved(said["lips"])
                else:
                    self.figures = {**self.figures, **said}
                self.last_heard_ns = self._clock.now_ns()
        self._last_words()

    def _last_words(self) -> None:
        """Keep the last line of its standard error, when it gave no reason itself."""
        with self._errors:
            self._errors.seek(0)
            lines = self._errors.read().decode(errors="replace").split("\n")
        said = [line.strip() for line in lines if line.strip()]
        if said and "failed" not in self.figures:
            self.figures = {**self.figures, "failed": said[-1]}


def _answer(line: str) -> dict[str, Any] | None:
    """Parse an answer; return None for other lines.

    Native code of a plug-in may write to any handle. So lines that are no JSON object, or have another schema, can
    come.
    """
    try:
        said = parse_json(line)
    except ValueError:
        return None
    if not isinstance(said, dict) or said.get("schema", SCHEMA) != SCHEMA:
        return None
    return said
