"""Run a clip through the step of a live session, frame by frame.

The result is the same every time.
"""

import logging
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from livecam.app.components import Components, open_parts
from livecam.app.dubbing import Dubbing, KeptSound, open_dubbing, open_kept_sound
from livecam.app.incoming_mark import IncomingMark
from livecam.app.persona_choice import PersonaChoice
from livecam.app.pipeline import build_marker, build_step, payload_of, vouched_for
from livecam.app.report_builder import Reporter
from livecam.config.settings import Settings
from livecam.consent.watch import ASK_EVERY_NS
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock, SystemClock
from livecam.core.errors import OutputError
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.core.report import Report, WrittenFile
from livecam.devices.media.recorded_source import has_sound
from livecam.disclosure.picture import READABLE_HZ
from livecam.provenance.sign_outputs import Provenance, sign_written
from livecam.timing.meter import Meter
from livecam.video.pipeline.presenter import COUNTED, PresentConfig, Presenter, Shown
from livecam.video.pipeline.texture_maker import InlineTextureProvider, TextureMaker
from livecam.video.pipeline.withdrawal import Withdrawal

_LOG = logging.getLogger(__name__)


class Replay:
    """Decides by the clip's time, measures by the machine's; drops no frame.

    It uses one thread.
    """

    def __init__(
        self, settings: Settings, parts: Components, dubbing: Dubbing | KeptSound | None = None, *, sign: bool = True
    ) -> None:
        """Take over opened parts.

        `dubbing` speaks with another voice or keeps the clip's; None without sound. Without `sign` the file stays
        unsigned, for the machine that has the keys.
        """
        self.parts, self._dubbing, self._signs = parts, dubbing, sign
        self._settings = settings
        self._files: tuple[WrittenFile, ...] = ()
        self._persona, self._next_ask_ns = vouched_for(parts.persona), 0
        self._time = ManualClock()
        self._sent_ns = 0
        self._stopped: str | None = None
        self._machine = SystemClock()
        self._meter = Meter(self._machine)
        spoken = isinstance(dubbing, Dubbing)
        number = crc32(parts.persona.name.encode()) & 0xFFFF
        payload = payload_of(parts.persona, number, settings.mode, voice=spoken)
        self._marker = build_marker(settings.disclosure_group, parts.sink.size_wh, payload)
        maker = TextureMaker(parts.engine, self._meter, enhancer=parts.enhancer) if parts.engine.live else None
        textures = None if maker is None else InlineTextureProvider(maker)
        self._step = build_step(
            settings.engine_group, settings.fps, parts, self._marker, self._meter, self._time, textures, settings.mirror
        )
        self._rules = PresentConfig() if settings.when_lost == "hold" else PresentConfig(hold_ns=0)
        if dubbing is not None:
            # The card stands until the notice has been spoken.
            self._rules = replace(self._rules, start_card_ns=max(self._rules.start_card_ns, dubbing.opening_ns))
        self._reporter = Reporter(
            known=settings.known,
            drawing=settings.engine_group,
            parts=parts,
            meter=self._meter,
            step=self._step,
            clock=SystemClock(),
            maker=maker,
        )
        self._incoming = IncomingMark()

    def run(self) -> Iterator[tuple[Frame, MarkedFrame]]:
        """Send the opening card, then a picture for every frame.

        Yields:
            Each frame with the picture that was sent for it.

        Raises:
            CameraError: The clip breaks off; what came before it has been written.
            OutputError: The sink takes no more.
            ConsentError: The right to show the persona has ended; what came before it has been written.
        """
        presenter: Presenter | None = None
        while (frame := self.parts.source.read()) is not None:
            if presenter is None:
                presenter = self._opened(frame.captured_ns - self._rules.start_card_ns)
                withdrawal = Withdrawal(presenter, self._meter)
            self._meter.count("captured")
            self._incoming.add(frame.pixels, frame.captured_ns)
            self._check_consent()
            if self._dubbing is not None:
                self._dubbing.speak_until(frame.captured_ns)
            self._stand_until(frame.captured_ns, presenter)
            self._time.sleep_until_ns(frame.captured_ns)
            with self._meter.stage("whole"):
                made = self._step.process(frame)
                picture = withdrawal.judge(frame, self._step.finding, made)
                chosen, shown = presenter.choose(picture, frame.captured_ns)
                if chosen.seq != frame.seq and self.parts.source.rate_hz < READABLE_HZ:
                    chosen = self._marker.restamp(chosen, frame.captured_ns)
                self._send(chosen, frame.captured_ns)
            self._meter.count("sent")
            self._meter.count(COUNTED[shown])
            self._meter.count("held", by=shown is Shown.HELD)
            yield frame, chosen
        self._incoming.end()
        if presenter is not None:
            self._stand_to_the_end(chosen)
        if self._dubbing is not None:
            self._dubbing.speak_to_the_end()

    def _check_consent(self) -> None:
        """Check the consent every two seconds of the machine's time."""
        now_ns = self._machine.now_ns()
        if now_ns >= self._next_ask_ns:
            self._next_ask_ns = now_ns + ASK_EVERY_NS
            self._persona.check()

    def _opened(self, begin_ns: int) -> Presenter:
        """Send the opening card before the clip; return the presenter."""
        presenter = Presenter(self._marker, self._rules, begin_ns)
        period_ns = int(NS_PER_S / max(self.parts.source.rate_hz, READABLE_HZ))
        for n in range(self._rules.start_card_ns // period_ns):
            now_ns = begin_ns + n * period_ns
            self._send(presenter.choose(None, now_ns)[0], now_ns)
        if self._dubbing is not None:
            self._dubbing.begin(self._marker.payload.session, begin_ns, self._rules.start_card_ns, self.parts.sounds)
        return presenter

    def _stand_until(self, next_ns: int, presenter: Presenter) -> None:
        """Repeat the last picture between the frames of a slow clip.

        A mark can be read only where pictures are frequent enough.
        """
        period_ns = int(NS_PER_S / READABLE_HZ)
        while next_ns - self._sent_ns > period_ns + NS_PER_MS:
            now_ns = self._sent_ns + period_ns
            self._send(self._marker.restamp(presenter.choose(None, now_ns)[0], now_ns), now_ns)

    def _stand_to_the_end(self, last: MarkedFrame) -> None:
        """Repeat the last picture at the time of the last frame.

        A file is then as long as its clip.
        """
        if last.captured_ns < self._sent_ns:
            self._send(self._marker.restamp(last, self._sent_ns), self._sent_ns)

    def _send(self, picture: MarkedFrame, now_ns: int) -> None:
        try:
            self.parts.sink.send(picture)
        except OutputError as error:
            self._stopped = str(error)
            raise
        self._sent_ns = now_ns

    def close(self) -> None:
        """Close all parts and sign what was written.

        Raises:
            LivecamError: What closing a part raised.
        """
        try:
            self.parts.close()
        finally:
            heard = (self._marker.payload.session,) if isinstance(self._dubbing, Dubbing) else ()
            about = Provenance(self._settings.time_stamp, self._clip(), self._incoming.said)
            if self._signs:
                self._files = sign_written(
                    self.parts.files, self._marker.said, self._settings.data_folder, heard, about
                )
            _LOG.info("replay closed: %d files", len(self._files))

    def _clip(self) -> Path | None:
        path = Path(self._settings.camera).expanduser()
        return path if path.is_file() else None

    @property
    def payload(self) -> MarkPayload:
        """What the marks say."""
        return self._marker.payload

    @property
    def incoming(self) -> tuple[MarkPayload, ...]:
        """What the mark of the clip itself says."""
        return self._incoming.said

    def report(self) -> Report:
        """Report the figures until now."""
        report = self._reporter.report()
        files = tuple(replace(file, stopped=self._stopped) for file in self._files)
        return replace(report, files=files, remarks=(*report.remarks, *self._incoming.remarks, *self._of_sound()))

    def _of_sound(self) -> tuple[str, ...]:
        """Return what happened to the clip's own sound."""
        if self._dubbing is not None:
            return self._dubbing.remarks
        if self._settings.sound is not None or not self.parts.files or not has_sound(self.parts.source):
            return ()
        return (f"{self.parts.source.name}: its own sound was left out; --sound keep keeps it, --voice NAME alters it",)


def open_replay(settings: Settings, choice: PersonaChoice | None = None, *, sign: bool = True) -> Replay:
    """Open a replay from the clip `settings.camera` to the output `settings.sink`.

    `choice` is the persona, where it was chosen before. Without `sign` the file stays unsigned.

    Raises:
        LivecamError: What the parts raise.
    """
    dubbing = open_dubbing(settings) or open_kept_sound(settings)
    with ExitStack() as opened:
        parts = open_parts(settings, ManualClock(), paced=False, choice=choice)
        opened.callback(parts.close)
        replay = Replay(settings, parts, dubbing, sign=sign)
        opened.pop_all()
    _LOG.info("replay opened: engine %s", settings.engine)
    return replay
