"""Build a session, start its threads, stop them, and report."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from secrets import randbelow
from threading import Event
from types import TracebackType
from typing import Final, Self

from livecam.app.components import Components, open_parts
from livecam.app.consent import ConfirmMismatch
from livecam.app.live_appearance import LiveAppearance
from livecam.app.own_face import answer_no, compared
from livecam.app.persona_choice import PersonaChoice
from livecam.app.pipeline import build_marker, build_step, payload_of, vouched_for
from livecam.app.report_builder import Reporter
from livecam.app.session_files import SessionFiles
from livecam.app.typed_speech import speak_in_session
from livecam.audio.process.av_sync import AvSyncController
from livecam.audio.process.child import ChildProcess
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.audio.process.recording import RecordedVoice
from livecam.config.settings import Settings
from livecam.consent.watch import ConsentWatch
from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.core.persona import Persona, VerifiedPersona
from livecam.core.report import Report, WrittenFile
from livecam.core.supervisor import Supervisor, ignore_workers
from livecam.timing.av_sync import AvSync
from livecam.timing.budget import TOO_OLD
from livecam.timing.meter import Meter
from livecam.timing.pacer import Pacer
from livecam.video.pipeline.backlog import Backlog
from livecam.video.pipeline.delay_queue import DelayQueue
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.presenter import PresentConfig, Presenter
from livecam.video.pipeline.texture_maker import TextureMaker
from livecam.video.pipeline.texture_worker import TextureWorker
from livecam.video.pipeline.withdrawal import Withdrawal
from livecam.video.pipeline.workers import CaptureLoop, ProcessLoop, RecordLoop, WriteLoop

_LOG = logging.getLogger(__name__)

JOIN_S = 0.8
START_NS = 20 * NS_PER_S
_LEFT: Final = {
    "livecam-textures": "the engine was still at work on a texture at the end, and was left there",
    "livecam-capture": "the camera or clip was still reading a picture at the end, and was left there",
}
FINISH_S = 10.0
"""How long drawing, sending and recording may take to finish before parts close."""


class Session:
    """A running virtual camera.

    Use it as a context manager: entering starts it, leaving stops it and closes everything.

    Every control takes effect between two pictures; none is dropped for it.

    At the end, a worker may still be in a native call (a model, a decoder). The session waits for it, within bounds,
    then leaves it and names it in `left`. All files are closed and signed by then. The interpreter waits ten more
    seconds for it at its own end. A program that cannot wait ends itself by
    `livecam.core.supervisor.exit_process(code)`. An interpreter that unwinds such a thread aborts.

    Attributes:
        on_wait: Called with the names of workers that need longer than usual to finish.
    """

    def __init__(
        self, settings: Settings, parts: Components, clock: Clock | None = None, records_later: bool = False
    ) -> None:
        """Take over opened parts; nothing runs yet.

        Args:
            settings: As resolved.
            parts: Closed by the session.
            clock: The machine's by default.
            records_later: Whether recordings with sound may begin while it runs, through `sound`.

        Raises:
            ConsentError: The persona is not one that the store vouches for.
        """
        self.settings, self.parts = settings, parts
        self._records_later = records_later
        persona = vouched_for(parts.persona)
        self._clock = clock or SystemClock()
        self._supervisor = Supervisor()
        self.on_wait: Callable[[Sequence[str]], None] = ignore_workers
        self._files: tuple[WrittenFile, ...] = ()
        self._build(persona)

    def _build(self, persona: VerifiedPersona) -> None:
        clock, parts, settings = self._clock, self.parts, self.settings
        self._pictures = DelayQueue(clock)
        self._frames = Backlog(clock, lambda: self._pictures.show_after_ns)
        self._meter = Meter(clock)
        payload = payload_of(persona, randbelow(1 << 16), settings.mode, voice=parts.voice is not None)
        self._marker = build_marker(settings.disclosure_group, parts.sink.size_wh, payload)
        maker = TextureMaker(parts.engine, self._meter, enhancer=parts.enhancer)
        self.textures = TextureWorker(maker, clock) if parts.engine.live else None
        self._step = build_step(
            settings.engine_group, settings.fps, parts, self._marker, self._meter, clock, self.textures, settings.mirror
        )
        self.appearance = LiveAppearance(self._step, parts, persona, settings.camera, payload.session)
        period_ns = int(NS_PER_S / settings.fps)
        rules = PresentConfig() if settings.when_lost == "hold" else PresentConfig(hold_ns=2 * period_ns)
        self._presenter = Presenter(self._marker, rules, clock.now_ns())
        pacer = Pacer(period_ns, clock.now_ns())
        self.capture = CaptureLoop(parts.source, self._frames, self._meter, clock)
        recorded: Mailbox[MarkedFrame] | None = Mailbox(clock) if parts.recording is not None else None
        withdrawal = Withdrawal(self._presenter, self._meter, self._pictures, recorded)
        self.process = ProcessLoop(self._frames, self._step, self._pictures, self._meter, clock, withdrawal)
        self.writer = WriteLoop(self._pictures, self._presenter, parts.sink, pacer, self._meter, clock, recorded)
        self.recorder = RecordLoop(recorded, parts.recording, clock) if recorded and parts.recording else None
        self.sound = self._recorded_sound()
        self.voice = self._live_voice()
        self.lips = self._lips()
        self.consent = ConsentWatch(self._consents, self._withdraw, clock)
        self._outputs = SessionFiles(
            settings, parts, self._marker, self.recorder, self.voice, records_sound=self.sound is not None
        )
        self._reporter = Reporter(
            known=settings.known,
            drawing=settings.engine_group,
            parts=parts,
            meter=self._meter,
            step=self._step,
            frames=self._frames,
            clock=clock,
            maker=maker,
            voice=self.voice,
            lips=self.lips,
        )

    def _consents(self) -> tuple[Callable[[], None], ...]:
        """Return what must stay valid for as long as the session lasts."""
        face, voice = self.appearance.check_consent, self.parts.voice
        return (face,) if voice is None else (face, voice.check)

    def _withdraw(self) -> None:
        """Stop showing the persona and speaking with its voice."""
        self._presenter.revoke()
        if self.voice is not None:
            self.voice.mute()

    def _live_voice(self) -> VoiceProcessMonitor | None:
        voice = self.parts.voice
        if voice is None:
            return None
        job = voice.make_job(self._marker.payload.session, recorded=self.sound is not None)
        start = ChildProcess if self.sound is None else partial(ChildProcess, sounded=self.sound.take)
        if self.parts.mouth is not None:
            job, start = replace(job, lips=True), partial(start, moved=self.parts.mouth.add)
        return VoiceProcessMonitor(job, voice.names, self._clock, start, voice.output.listening)

    def _recorded_sound(self) -> RecordedVoice | None:
        if self.parts.voice is None or not (self.parts.sounds or self._records_later):
            return None
        return RecordedVoice(self.parts.sounds, self.parts.av_offset_ms)

    def _lips(self) -> AvSyncController | None:
        if self.voice is None:
            return None
        return AvSyncController(self.voice, self._pictures, AvSync(self.parts.av_offset_ms))

    def __enter__(self) -> Self:
        """Start the threads."""
        self._supervisor.start("capture", self.capture.run)
        self._supervisor.start("process", self._process, finishes=True)
        if self.textures is not None:
            # A model may hang; the session ends without it.
            self._supervisor.start("textures", self.textures.run, waited_for=False)
        self._supervisor.start("writer", self.writer.run, finishes=True)
        self._supervisor.start("consent", self.consent.run, waited_for=False)
        if self.recorder is not None:
            self._supervisor.start("recorder", self.recorder.run, finishes=True)
        if self.sound is not None:
            self._supervisor.start("recorded voice", self.sound.run, waited_for=False)
        if self.voice is not None:
            self._supervisor.start("voice", self.voice.run, waited_for=False)
        if self.lips is not None:
            self._supervisor.start("lips", self.lips.run, waited_for=False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, close and sign; raise the first error, or why a recording stopped."""
        try:
            self._supervisor.join(JOIN_S, FINISH_S, self.on_wait)
        finally:
            try:
                self.parts.close()
            finally:
                self._files = self._outputs.sign(self._supervisor.error)
        _LOG.info("session closed: %d files", len(self._files))
        if error is None and (stopped := self._outputs.find_failure()) is not None:
            raise stopped

    def _process(self, stopping: Event) -> None:
        self.process.run(stopping)
        if self.textures is not None:
            self.textures.close()

    def reports(self, every_s: float = 1.0) -> Iterator[Report]:
        """Yield a report every `every_s` until the session ends.

        It ends by itself, by `stop`, by its duration, or by an error.

        The duration counts from the first frame that was looked at, or from twenty seconds after the start. The time
        that a busy machine needs to load its networks does not count.
        """
        begin_ns = self._clock.now_ns()
        latest_ns, looked = begin_ns + START_NS, False
        while self._supervisor.running:
            limit_s = self.settings.duration_s
            if not looked:
                begin_ns = min(self._clock.now_ns(), latest_ns)
                looked = begin_ns == latest_ns or self._looked()
            elapsed_s = (self._clock.now_ns() - begin_ns) / NS_PER_S
            if limit_s is not None and elapsed_s >= limit_s:
                return
            wait_s = every_s if limit_s is None else min(every_s, limit_s - elapsed_s)
            if self._supervisor.stopping.wait(wait_s):
                return
            yield self.report()

    def _looked(self) -> bool:
        """Whether a frame was judged after everything had loaded."""
        return sum(self._meter.levels.values()) > self._meter.holds[TOO_OLD]

    def report(self) -> Report:
        """Report the figures from the start until now."""
        trouble = self.recorder.trouble if self.recorder is not None else None
        report = self._reporter.report(trouble or self.capture.trouble)
        left = tuple(_LEFT.get(name, f"{name} was still at work at the end") for name in self.left)
        return replace(report, files=self._files, remarks=(*report.remarks, *left))

    @property
    def payload(self) -> MarkPayload:
        """What the marks say from the next picture on."""
        return self._step.look.payload or self._marker.payload

    def pair(self) -> tuple[Frame, MarkedFrame] | None:
        """Return the last frame that became a picture, and that picture."""
        return self.process.pair

    @property
    def left(self) -> tuple[str, ...]:
        """Workers that a native call kept when the session ended; they write nothing."""
        return self._supervisor.left

    def stop(self) -> None:
        """Ask the session to end; return at once."""
        self._supervisor.stopping.set()

    def say(self, text: str) -> None:
        """Speak a typed text, in a session with the microphone "typed".

        Raises:
            UsageError: The session reads no typed text, or the text is too long or holds nothing to speak.
            EngineError: The audio process takes none now.
        """
        speak_in_session(self.voice, self.parts.voice, text)

    def freeze(self, on: bool) -> None:
        """Keep the last picture on the screen."""
        self._presenter.freeze(on)

    def mirror(self, on: bool) -> None:
        """Mirror the picture."""
        self.appearance.mirror(on)

    def strength(self, share: float) -> None:
        """Draw more or less of the persona's identity, 0..1."""
        self.appearance.strength(share)

    def mode(self, name: str) -> None:
        """Draw the persona in another mode: "swap", "head" or "puppet".

        "swap" draws its face on the live face, "head" its whole head; "puppet" moves its whole photo. The label
        changes in the same picture.

        Raises:
            UsageError: There is no such mode, no camera to draw on, or heads are asked for in a session without them.
        """
        self.appearance.mode(name)

    def use(self, persona: Persona) -> None:
        """Show another persona from the next picture on.

        Its face and the payload of the mark change in the same picture.

        Raises:
            ConsentError: The persona is not one that the store vouches for; the old persona stays.
            PhotoError: Its photo cannot be used; the old persona stays.
        """
        self.appearance.use(persona)


def open_session(
    settings: Settings,
    clock: Clock | None = None,
    insist: ConfirmMismatch = answer_no,
    choice: PersonaChoice | None = None,
    records_later: bool = False,
) -> Session:
    """Open everything a live session needs; enter the result to start it.

    Args:
        settings: As resolved.
        clock: The machine's by default.
        insist: Asks whether a persona of kind own is the user's own, when the identity model doubts it.
        choice: The persona, where it was chosen before; else that of the settings.
        records_later: Whether recordings with sound may begin while it runs.

    Raises:
        PersonaError: No usable persona, no consent on record, or another person's face declared as the user's own.
        EngineError: An engine is unknown or does not load.
        DeviceError: The camera or the output does not open.
    """
    clock = clock or SystemClock()
    with ExitStack() as opened:
        parts = open_parts(settings, clock, paced=True, choice=choice)
        opened.callback(parts.close)
        session = Session(
            settings, compared(parts, settings.persona_group, insist, settings.trusted), clock, records_later
        )
        _LOG.info(
            "session opened: persona %s, engine %s, source %s, sink %s",
            parts.persona.name,
            settings.engine,
            parts.source.name,
            parts.sink.name,
        )
        opened.pop_all()
    return session
