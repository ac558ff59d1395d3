"""A `VoiceEngine` with its networks in another process.

Nothing is loaded where sound must not wait.

A frame is answered late by as much as the networks take; so much silence stands before the first answer, counted in
`latency_samples`, and the sound never waits for a network that keeps its time.
"""

import subprocess
import sys
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final, Protocol

import numpy as np

from engines.voice.grain.frames import Floats
from engines.voice.neural.messages import FAILED, READY, RESET, SOUND, Message, make_sound, read, write
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import EngineError, remedy
from livecam.core.framing import to_block, to_mono
from livecam.core.priority import call_at_usual_priority

PATIENCE_S: Final = 0.4
"""A network that gives nothing for so long after it was due is taken for lost; less than what counts as a hang."""
_LOADING_S: Final = 120.0
_AGAIN_NS: Final = 5 * NS_PER_S
_SPARE: Final = 1.5
_SPARE_MS: Final = 8.0
_END_S: Final = 1.0


class WorkerLink(Protocol):
    """A worker somewhere else."""

    def send(self, message: Message) -> None:
        """Give it a message.

        Raises:
            OSError: It has ended.
        """
        ...

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next answer; None when none came in time.

        Raises:
            EOFError: It has ended.
        """
        ...

    def end(self) -> None:
        """End it; may be called twice."""
        ...


class WorkerProcess:
    """A worker in a fresh interpreter; it ends with us."""

    def __init__(self) -> None:
        self._process = call_at_usual_priority(
            lambda: subprocess.Popen(
                # Not from the current folder.
                [sys.executable, "-P", "-m", "engines.voice.neural.worker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        )
        self._answers = SimpleQueue[Message | None]()
        self._ended = False
        Thread(target=self._listen, name="voice-answers", daemon=True).start()

    @property
    def process(self) -> int:
        """Its number."""
        return self._process.pid

    def send(self, message: Message) -> None:
        """Give it a message.

        Raises:
            OSError: It has ended.
        """
        if self._process.stdin is None or self._process.stdin.closed:
            raise BrokenPipeError("the worker was ended")
        write(self._process.stdin, message)

    def receive(self, timeout_s: float) -> Message | None:
        """Return the next answer; None when none came in time.

        Raises:
            EOFError: It has ended.
        """
        if self._ended:
            raise EOFError
        try:
            message = self._answers.get(timeout=timeout_s) if timeout_s > 0 else self._answers.get_nowait()
        except Empty:
            return None
        if message is None:
            self._ended = True
            raise EOFError
        return message

    def end(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait(_END_S)
        if self._process.stdin is not None:
            try:
                self._process.stdin.close()
            except OSError:
                self._ended = True  # what was not yet sent has no reader

    def _listen(self) -> None:
        stream = self._process.stdout
        if stream is not None:
            with stream:
                while (message := read(stream)) is not None:
                    self._answers.put(message)
        self._answers.put(None)


class VoiceWorkerLink:
    """A `VoiceEngine` in a worker process.

    Args:
        job: First message to a worker, for a rate in Hz.
        start: Starts a worker.
        clock: Says when a lost worker is restarted.
        patience_s: How long an answer is waited for once it is due.
        most_factor: Computing time per time of sound above which it is refused; None refuses nothing.

    Attributes:
        takes_ms, frame_ms: How long a frame of how much sound takes, found when it was loaded.
        starts: How many workers there were.
    """

    def __init__(
        self,
        job: Callable[[int], Message],
        start: Callable[[], WorkerLink] = WorkerProcess,
        clock: Clock | None = None,
        patience_s: float = PATIENCE_S,
        most_factor: float | None = None,
    ) -> None:
        self._job, self._start, self._clock = job, start, clock or SystemClock()
        self._patience_s, self._most_factor = patience_s, most_factor
        self._link: WorkerLink | None = None
        self._ready, self._started_ns = False, 0
        self._rate_hz = self._frame = self._delay = self._spare = self._turn = 0
        self._waiting = self._done = np.zeros(0)
        self.takes_ms = self.frame_ms = 0.0
        self.starts = 0

    @property
    def latency_samples(self) -> int:
        """Samples by which the output lags the input."""
        if not self._frame:
            raise RuntimeError("prepare comes first")
        return self._frame - 1 + self._delay + self._spare

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Start the worker and wait until it has loaded.

        Raises:
            EngineError: It does not load, takes minutes, or cannot keep up with speech here.
        """
        self.close()
        self._rate_hz = rate_hz
        self._launch()
        try:
            answer = None if self._link is None else self._link.receive(_LOADING_S)
        except EOFError:
            self.close()
            raise EngineError(
                "the process of the voice model ended while it loaded", command="livecam models check MODEL.onnx"
            ) from None
        if answer is None or answer.kind != READY:
            self.close()
            raise _failure(answer, f"the voice model was not loaded after {_LOADING_S:.0f} s")
        words = answer.words
        self._frame, self._delay = int(words["frame"]), int(words["delay"])
        self.takes_ms, self.frame_ms = float(words["takes_ms"]), self._frame * 1000 / rate_hz
        self._spare = round((_SPARE * self.takes_ms + _SPARE_MS) * rate_hz / 1000)
        if self._most_factor is not None and self.takes_ms > self._most_factor * self.frame_ms:
            self.close()
            raise _too_slow(self.takes_ms, self.frame_ms, self._most_factor)
        self._ready = True
        self.reset()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the converted block, as many samples as went in.

        Silence while the networks are loaded again.

        Raises:
            EngineError: A network failed, or nothing came in time.
        """
        if not self._frame:
            raise RuntimeError("prepare comes first")
        sound = to_mono(block, self._rate_hz)
        if not self._has_worker():
            return to_block(np.zeros(len(sound)), block)
        self._give(sound)
        pieces, have = [self._done], len(self._done)
        while have < len(sound):
            pieces.append(self._next())
            have += len(pieces[-1])
        ready = np.concatenate(pieces)
        self._done = ready[len(sound) :]
        return to_block(ready[: len(sound)], block)

    def reset(self) -> None:
        """Forget the past."""
        self._turn += 1
        self._waiting, self._done = np.zeros(0), np.zeros(max(self._frame - 1, 0) + self._spare)
        if self._link is not None and self._ready:
            self._send(self._link, Message(RESET, self._turn))

    def close(self) -> None:
        """End the worker; may be called twice."""
        link, self._link, self._ready = self._link, None, False
        if link is not None:
            link.end()

    def _launch(self) -> None:
        self._link, self._ready, self._started_ns = self._start(), False, self._clock.now_ns()
        self.starts += 1
        self._send(self._link, self._job(self._rate_hz))

    def _has_worker(self) -> bool:
        """Whether a worker has loaded; starts one where there is none, not too often."""
        if self._link is None:
            if self._clock.now_ns() - self._started_ns >= _AGAIN_NS or self.starts == 1:
                self._launch()
            return False
        if self._ready:
            return True
        try:
            answer = self._link.receive(0)
        except EOFError:
            self.close()
            return False
        if answer is not None and answer.kind == FAILED:
            self.close()
        elif answer is not None:
            self._ready = True
            self.reset()
        return self._ready

    def _give(self, sound: Floats) -> None:
        line = np.concatenate([self._waiting, sound])
        whole = len(line) - len(line) % self._frame
        self._waiting = line[whole:]
        if self._link is not None:
            for frame in line[:whole].reshape(-1, self._frame):
                self._send(self._link, make_sound(self._turn, frame))

    def _send(self, link: WorkerLink, message: Message) -> None:
        try:
            link.send(message)
        except OSError:
            # It has ended; the next answer that is waited for says so.
            return

    def _next(self) -> Floats:
        """Return the next frame that belongs to this turn."""
        while self._link is not None:
            try:
                answer = self._link.receive(self._patience_s)
            except EOFError:
                self.close()
                raise EngineError("the process of the voice model ended", advice="it is started again") from None
            if answer is None:
                self.close()
                raise EngineError(
                    f"the voice model gave nothing for {self._patience_s} s", advice="it is started again"
                )
            if answer.turn != self._turn:
                continue
            if answer.kind == SOUND and len(answer.data) == 4 * self._frame:
                return answer.sound
            raise _failure(answer, "the voice model gave another length")
        raise EngineError("the process of the voice model ended", advice="it is started again")


def _too_slow(takes_ms: float, frame_ms: float, most: float) -> EngineError:
    return EngineError(
        f"the voice model takes {takes_ms:g} ms for {frame_ms:g} ms of sound here: the real-time factor is "
        f"{takes_ms / frame_ms:.2f}, at most {most:g} can be kept",
        advice="use livecam voice convert, a smaller model, or --voice-engine onnx@PROVIDER of a graphics card",
    )


def _failure(answer: Message | None, otherwise: str) -> EngineError:
    if answer is None or answer.kind != FAILED:
        return EngineError(otherwise, advice="use a smaller model, or livecam run without --voice")
    return EngineError(str(answer.words["what"]), **remedy(str(answer.words["hint"])))
