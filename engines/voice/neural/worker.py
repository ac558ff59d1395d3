"""The process that loads the networks and runs them.

Frames of sound in, frames out.

It ends when its standard input does. What stands in the queue from before a reset is left out.
"""

import gc
import sys
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue
from statistics import median
from threading import Thread
from typing import IO, Any

import numpy as np

from engines.onnx.memory import limit_memory
from engines.onnx.providers import CPU
from engines.voice.neural import messages
from engines.voice.neural.loaded import LoadedVoice, find_voice_provider, verify_model
from engines.voice.neural.messages import FAILED, JOB, READY, RESET, Message, make_sound, make_words, read, write
from engines.voice.neural.spoken import SpokenCore
from livecam.core.clock import NS_PER_MS, SystemClock
from livecam.core.errors import LivecamError
from livecam.core.supervisor import exit_process
from livecam.core.voice import VoiceModel

_WARM_UPS = 2
_TIMED = 5


def make_job(model: VoiceModel, speaker_hz: float, rate_hz: int, provider: str, threads: int) -> Message:
    """Return the first message to a worker."""
    return make_words(
        JOB,
        path=str(model.path),
        sha256=model.sha256,
        pitch_hz=model.pitch_hz,
        speaker_hz=speaker_hz,
        rate_hz=rate_hz,
        provider=provider,
        threads=threads,
    )


def make_opener(job: Message, limited: bool = False) -> Callable[[], SpokenCore]:
    """Load what a job names; makes a fresh stream each time it is called.

    Raises:
        LivecamError: It does not load, or is not what was answered for.
    """
    words = job.words
    model = VoiceModel(Path(words["path"]), words["sha256"], words["pitch_hz"])
    found = verify_model(model)
    provider = find_voice_provider(words["provider"])
    if limited and provider is CPU:
        limit_memory(found.bytes)
    loaded = LoadedVoice(found, provider, words["threads"])
    return lambda: loaded.open_core(words["rate_hz"], model.pitch_hz, words["speaker_hz"])


def measure_frame_ms(core: SpokenCore) -> float:
    """Return the median time of a frame, in ms."""
    clock, rng = SystemClock(), np.random.default_rng(1)
    took_ms = []
    for _ in range(_WARM_UPS + _TIMED):
        frame = rng.normal(0, 0.05, core.frame_samples)
        begin_ns = clock.now_ns()
        core.process_frame(frame)
        took_ms.append((clock.now_ns() - begin_ns) / NS_PER_MS)
    return round(median(took_ms[_WARM_UPS:]), 2)


def serve(orders: IO[bytes], answers: IO[bytes], limited: bool = False) -> int:
    """Do what the first message says until there are no more."""
    job = read(orders)
    if job is None:
        return 0
    try:
        open_core = make_opener(job, limited)
        takes_ms = measure_frame_ms(open_core())
    except LivecamError as error:
        write(answers, make_words(FAILED, what=str(error), hint=error.help_text))
        return error.exit_code
    core = open_core()
    write(answers, make_words(READY, frame=core.frame_samples, delay=core.delay_samples, takes_ms=takes_ms))
    gc.freeze()
    inbox = _Inbox(orders)
    turn = 0
    while (message := inbox.next()) is not None:
        if message.kind == RESET:
            core, turn = open_core(), message.turn
        elif message.turn == turn and turn == inbox.newest_turn:
            write(answers, _answer(core, message))
    return 0


def _answer(core: SpokenCore, message: Message) -> Message:
    try:
        return make_sound(message.turn, core.process_frame(message.sound))
    except LivecamError as error:
        return make_words(FAILED, message.turn, what=str(error), hint=error.help_text)


class _Inbox:
    """Reads ahead, so that whoever writes never waits for a network."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.newest_turn = 0
        self._stream, self._queue = stream, SimpleQueue[Message | None]()
        Thread(target=self._read, name="voice-inbox", daemon=True).start()

    def next(self) -> Message | None:
        return self._queue.get()

    def _read(self) -> None:
        while (message := messages.read(self._stream)) is not None:
            if message.kind == RESET:
                self.newest_turn = message.turn
            self._queue.put(message)
        self._queue.put(None)


def _main() -> int:
    # Whatever a library prints must not stand between two messages.
    answers: Any = sys.stdout.buffer
    sys.stdout = sys.stderr
    return serve(sys.stdin.buffer, answers, limited=True)


if __name__ == "__main__":
    sys.exit(exit_process(_main()))
