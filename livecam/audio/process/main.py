"""Run in the audio process.

Two threads process sound, one handles orders; figures go out ten times a second.
"""

import gc
import json
import sys
from collections.abc import Callable
from contextlib import closing
from functools import partial
from threading import Event
from typing import Final, TextIO

from livecam.audio.learning import LearningVoice
from livecam.audio.process.job import parse_job
from livecam.audio.process.voice_work import VoiceWork
from livecam.audio.typed.speaking import TypedSpeech
from livecam.core.clock import Clock, SystemClock
from livecam.core.errors import LivecamError
from livecam.core.files.reading import parse_json
from livecam.core.priority import Rank, leave_real_time, reset_priority
from livecam.core.supervisor import Supervisor

FIGURES_EVERY_S: Final = 0.1
LIPS_PER_FIGURES: Final = 5
"""Turns between two messages that hand over mouth shapes: every 20 ms."""
_JOIN_S: Final = 0.4
SWITCH_S: Final = 0.0005
"""A thread that has sound to hand over waits this long for another that calculates."""


def handle_commands(work: VoiceWork, orders: TextIO, stopping: Event) -> None:
    """Handle orders, one a line, until the main process is gone."""
    for line in orders:
        order = parse_json(line)
        if "announce" in order:
            work.announce()
        elif "say" in order:
            work.say(str(order["say"]))
        else:
            work.playing.hold_ms(float(order["hold_ms"]))
    stopping.set()


def run(
    orders: TextIO, answers: TextIO, clock: Clock | None = None, rise: Callable[[], Rank] = lambda: Rank.USUAL
) -> int:
    """Run the job in the first line of `orders` until the last line.

    Returns:
        0, or another exit code where the last answer says what failed.

    `rise` gives this thread and those it starts a priority. All get the same one. A thread that waits for the
    interpreter's lock waits as long as the owner of the lock waits for a processor.
    """
    sys.setswitchinterval(SWITCH_S)
    try:
        work = VoiceWork(parse_job(orders.readline()), clock or SystemClock())
    except LivecamError as error:
        _say(answers, {"failed": str(error)})
        return error.exit_code
    supervisor = Supervisor()
    work.rank = rise()
    # Whatever exists by now stays; what comes is freed by counting references.
    gc.freeze()
    gc.disable()
    supervisor.start("orders", partial(handle_commands, work, orders), waited_for=False)
    supervisor.start("play", work.playing.run)
    if work.learning is not None:
        supervisor.start("learn", partial(_learn, work.learning), waited_for=False)
    if work.typed is not None:
        supervisor.start("typed", partial(speak_typed, work.typed), waited_for=False)
    supervisor.start("convert", work.converting.run)
    with closing(work):
        turns = LIPS_PER_FIGURES if work.has_lips else 1
        while not _wait_and_move_lips(supervisor.stopping, answers, work, turns):
            _tell(answers, work)
        try:
            supervisor.join(_JOIN_S)
        except Exception as error:
            _say(answers, {"failed": f"{type(error).__name__}: {error}"})
            return 1
    _tell(answers, work)
    return 0


def _wait_and_move_lips(stopping: Event, answers: TextIO, work: VoiceWork, turns: int) -> bool:
    """Send mouth shapes in `turns` steps until figures are due.

    Returns:
        Whether the session ends.
    """
    for _ in range(turns):
        if stopping.wait(FIGURES_EVERY_S / turns):
            return True
        if shapes := work.take_lips():
            _say(answers, {"lips": shapes})
    return False


def _learn(learning: LearningVoice, stopping: Event) -> None:
    reset_priority()
    learning.run(stopping)


def speak_typed(typed: TypedSpeech, stopping: Event) -> None:
    """Speak at a rank below real time: a synthesizer's network may take seconds."""
    leave_real_time()
    typed.run(stopping)


def _tell(answers: TextIO, work: VoiceWork) -> None:
    for sound in work.take_chunks():
        _say(answers, {"sound": sound})
    if (learned := work.take_learned()) is not None:
        _say(answers, {"learned": learned})
    _say(answers, work.figures())


def _say(answers: TextIO, what: dict[str, object]) -> None:
    answers.write(json.dumps(what) + "\n")
    answers.flush()
