"""Monitor the audio process: start, watch and restart it, and read its figures."""

from base64 import b64decode
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

from livecam.audio.process.child import Child, ChildProcess
from livecam.audio.process.job import VoiceJob
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.digits import read_count
from livecam.core.voice_report import VoiceNames, VoiceReport
from livecam.core.voice_stats import FIELDS, VoiceStats
from livecam.personas.voice_file import voice_from_bytes
from livecam.timing.listeners import Audience

LOOK_EVERY_NS: Final = 50 * NS_PER_MS
SILENT_NS: Final = 1500 * NS_PER_MS
"""A process without a message for this long counts as stalled."""
STARTING_NS: Final = 20 * NS_PER_S
"""Time to the first message, in which the process loads the engine."""
_STUCK_MS: Final = {"converting": 600.0, "listening": 5000.0}
_SHORT_LIFE_NS: Final = 5 * NS_PER_S
_PATIENCE: Final = 5
_LONG_WAIT_NS: Final = 5 * NS_PER_S


class VoiceProcessMonitor:
    """Keeps an audio process running.

    While there is none, the virtual microphone is silent.

    Attributes:
        restarts: How often it was restarted.
    """

    def __init__(
        self,
        job: VoiceJob,
        names: VoiceNames,
        clock: Clock,
        start: Callable[[VoiceJob, Clock], Child] = ChildProcess,
        listening: Callable[[], Collection[str]] = lambda: (),
    ) -> None:
        """Watch a process.

        `names` has voice, microphone and output, for people. `listening` returns the programs that listen now.
        """
        self._job, self._names, self._clock, self._start = job, names, clock, start
        self._child: Child | None = None
        self._started_ns = self._next_ns = clock.now_ns()
        self._listening, self._audience, self._spoken = listening, Audience(), 0
        self._short_lives = 0
        self._why: str | None = None
        self._last: Mapping[str, object] = {}
        self.restarts = -1
        self._muted = False
        self._files = _file_of(job)

    def turn(self) -> None:
        """Check the process once, and start it if it is not running."""
        if self._muted:
            self.close()
            return
        now_ns = self._clock.now_ns()
        began = self._audience.update(self._listening(), now_ns)
        if self._child is not None:
            why = self._fault(self._child, now_ns)
            if why is None:
                self._tell_listeners(self._child, began)
                return
            self._handle_exit(self._child, why, now_ns)
        if now_ns >= self._next_ns:
            self._child = self._start(self._job, self._clock)
            # The first of all opens with the notice.
            self._tell_listeners(self._child, self._audience.owed and self.restarts >= 0)
            self._started_ns = now_ns
            self.restarts += 1

    def run(self, stopping: Event) -> None:
        """Watch until the session ends."""
        while not stopping.is_set():
            self.turn()
            stopping.wait(LOOK_EVERY_NS / NS_PER_S)
        self.close()

    def say(self, text: str) -> bool:
        """Speak a typed text; return False where no process takes it now."""
        child = self._child
        if child is None or self._muted or not child.figures:
            return False
        child.speak(text)
        return True

    @property
    def typed(self) -> int:
        """Typed texts that the running process has taken."""
        return self._stats.typed

    @property
    def is_speaking_text(self) -> bool:
        """Whether typed text is still to be spoken."""
        return self._stats.unsaid

    def hold(self, milliseconds: float) -> None:
        """Set how long sound waits for the picture."""
        if abs(milliseconds - self._job.hold_ms) >= 1.0:
            self._job = replace(self._job, hold_ms=milliseconds)
            if self._child is not None:
                self._child.set_hold(milliseconds)

    @property
    def trouble(self) -> str | None:
        """Why there is no sound at present, in one line."""
        figures = self._figures
        if not figures:
            return self._why if self.restarts > 0 else None
        return self._stats.trouble

    @property
    def latency_ms(self) -> float | None:
        """Time from speaking to hearing, with the wait for the picture; None in silence."""
        return self._stats.now_ms

    @property
    def least_ms(self) -> float | None:
        """Time from speaking to hearing, without the wait for the picture."""
        return self._stats.least_ms

    @property
    def level(self) -> float:
        """The loudest recent sample of the microphone, 0..1."""
        return self._stats.peak

    @property
    def files(self) -> tuple[Path, ...]:
        """The files the process writes."""
        return self._files

    @property
    def held_ms(self) -> float:
        """The requested wait for the picture."""
        return self._job.hold_ms

    def report(self) -> VoiceReport:
        """Return the figures of the run's report."""
        stats = self._stats if FIELDS & self._figures.keys() else None
        return VoiceReport(names=self._names, stats=stats, restarts=max(0, self.restarts), trouble=self.trouble)

    def mute(self) -> None:
        """Stop speaking for good.

        The next turn ends the process and starts no other.
        """
        self._muted, self._why = True, "the right to the voice has ended"

    def close(self) -> None:
        """End the process; may be called twice."""
        child, self._child = self._child, None
        if child is not None:
            child.end(1.5)
            self._last = child.figures

    @property
    def _figures(self) -> Mapping[str, object]:
        return self._last if self._child is None else self._child.figures

    @property
    def _stats(self) -> VoiceStats:
        return VoiceStats.from_message(self._figures)

    def _tell_listeners(self, child: Child, began: bool) -> None:
        """Play the notice when a program began to listen."""
        spoken = VoiceStats.from_message(child.figures).notices
        if began:
            self._spoken = spoken
            child.announce()
        elif spoken > self._spoken:
            self._audience.confirm_notice()

    def _fault(self, child: Child, now_ns: int) -> str | None:
        """Return what is wrong with the process, if anything."""
        figures = child.figures
        if not child.is_alive:
            return f"the audio process ended{': ' + str(figures['failed']) if 'failed' in figures else ''}"
        if now_ns - child.last_heard_ns > (SILENT_NS if figures else STARTING_NS):
            return "the audio process says nothing"
        stats = VoiceStats.from_message(figures)
        if stats.stage_ms > _STUCK_MS.get(stats.stage, float("inf")):
            return f"the audio process hangs while {stats.stage}"
        return None

    def _handle_exit(self, child: Child, why: str, now_ns: int) -> None:
        child.end(0.0)
        self._child, self._why, self._last = None, why, {}
        learned = child.figures.get("learned")
        if isinstance(learned, str):
            self._job = replace(self._job, speaker=voice_from_bytes(b64decode(learned)))
        sent = VoiceStats.from_message(child.figures).sent
        if sent is not None:
            self._job = replace(self._job, first_sample=sent, output=_next_output(self._job.output))
            self._files = tuple(dict.fromkeys((*self._files, *_file_of(self._job))))
        short = now_ns - self._started_ns < _SHORT_LIFE_NS
        self._short_lives = self._short_lives + 1 if short else 0
        self._next_ns = now_ns + (_LONG_WAIT_NS if self._short_lives >= _PATIENCE else 0)


def _file_of(job: VoiceJob) -> tuple[Path, ...]:
    kind, _, name = job.output.partition(":")
    return (Path(name),) if kind == "file" else ()


def _next_output(place: str) -> str:
    """Return the output of a process that takes over.

    A device stays the same; voice-2.wav follows the file voice.wav.
    """
    kind, _, name = place.partition(":")
    if kind != "file":
        return place
    path = Path(name)
    stem, dash, number = path.stem.rpartition("-")
    last = read_count(number) if dash else None
    stem, next_number = (path.stem, 2) if last is None else (stem, last + 1)
    while path.with_stem(f"{stem}-{next_number}").exists():
        next_number += 1
    return f"file:{path.with_stem(f'{stem}-{next_number}')}"
