"""Build the report of a run."""

from collections.abc import Mapping
from dataclasses import replace

from livecam.app.components import Components
from livecam.audio.process.av_sync import AvSyncController
from livecam.audio.process.monitor import VoiceProcessMonitor
from livecam.config.setting_groups import DrawingSettings
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.frame import Frame
from livecam.core.label import label_of
from livecam.core.ports import HasRemarks
from livecam.core.report import EngineReport, FrameCounts, HeadStats, MachineLoad, MemoryUse, Report
from livecam.core.voice_report import VoiceReport
from livecam.devices.virtual_camera.reconnecting import ReconnectingSink
from livecam.host.machine import ProcessorTimes, describe_machine, load_1min, read_cpu_s, read_memory_mb
from livecam.timing.meter import Meter
from livecam.video.pipeline.frame_pipeline import FramePipeline
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.texture_maker import TextureMaker


class Reporter:
    """Reads meters and slots; only it writes `Report`."""

    def __init__(
        self,
        *,
        known: Mapping[str, object],
        drawing: DrawingSettings,
        parts: Components,
        meter: Meter,
        step: FramePipeline,
        clock: Clock,
        frames: Mailbox[Frame] | None = None,
        maker: TextureMaker | None = None,
        voice: VoiceProcessMonitor | None = None,
        lips: AvSyncController | None = None,
    ) -> None:
        """Take what is read.

        `known` are the settings by name, `drawing` says how the face is drawn. `frames` is where a live session drops
        what is overtaken, `maker` makes a live engine's textures, `voice` and `lips` are the live voice; each if there
        is one.
        """
        self._maker, self._voice, self._lips = maker, voice, lips
        self._known, self._drawing, self._parts, self._meter, self._step = known, drawing, parts, meter, step
        self._frames, self._clock = frames, clock
        self._machine = describe_machine()
        self._begin_ns, self._begin_cpu_s = clock.now_ns(), read_cpu_s()
        self._begin_times = ProcessorTimes.read()
        self._memory_start_mb = read_memory_mb().get("now", 0.0)

    def report(self, trouble: str | None = None) -> Report:
        """Report everything from the start until now; `trouble` overrides the reason."""
        seconds = max((self._clock.now_ns() - self._begin_ns) / NS_PER_S, 1e-9)
        stages = self._meter.summarize_ms()
        frames = self._counts()
        memory = read_memory_mb()
        return Report(
            machine=self._machine,
            settings=self._known,
            frames=frames,
            seconds=round(seconds, 3),
            fps=round(frames.sent / seconds, 2),
            new_fps=round(frames.new / seconds, 2),
            first_picture_ms=self._first_picture_ms(),
            latency_ms=stages.pop("latency", {}),
            stage_ms=stages,
            levels=dict(self._meter.levels),
            reasons=dict(self._meter.reasons),
            holds=dict(self._meter.holds),
            busy=self._busy(),
            engine=self._engine(stages.pop("texture_age", {})),
            head=self._head(),
            audio=self._audio(),
            memory_mb=MemoryUse(
                start=round(self._memory_start_mb, 1),
                end=round(memory.get("now", 0.0), 1),
                peak=round(memory.get("peak", 0.0), 1),
            ),
            label=label_of(self._drawing.mode),
            remarks=self._remarks(),
            cpu_percent_of_one_core=round(100 * (read_cpu_s() - self._begin_cpu_s) / seconds, 1),
            level=self._step.level.name,
            reason=trouble or self._output_trouble() or self._engine_trouble() or self._step.reason,
        )

    def _counts(self) -> FrameCounts:
        counts = self._meter.counts
        dropped = self._dropped()
        return FrameCounts(
            captured=counts.captured,
            sent=counts.sent - dropped,
            replaced=0 if self._frames is None else self._frames.replaced,
            held=counts.held,
            late=counts.late,
            unswapped_shown=counts.unswapped_shown,
            face_lost=counts.face_lost,
            new=max(counts.sent_new - dropped, 0),
            cards=counts.sent_card,
        )

    def _busy(self) -> MachineLoad:
        """Return what other programs used of the machine, where it is known."""
        now, load = ProcessorTimes.read(), load_1min()
        others = {} if now is None or self._begin_times is None else now.percent_since(self._begin_times)
        return MachineLoad(**others, load_1min=load)

    def _remarks(self) -> tuple[str, ...]:
        """Return all remarks for the user, from the start and from the run."""
        source = self._parts.source
        later = source.remarks if isinstance(source, HasRemarks) else ()
        return tuple(dict.fromkeys((*self._parts.remarks, *later)))

    def _engine(self, age_ms: Mapping[str, float]) -> EngineReport:
        """Return what makes the texture, and how a live engine performed."""
        look, parts, counts = self._step.look, self._parts, self._meter.counts
        facts, enhanced = dict(parts.engine.facts), None
        report = EngineReport(self._drawing.engine, look.name, look.strength, facts)
        if not parts.engine.live:
            return report
        if parts.enhancer is not None:
            facts |= parts.enhancer.facts
            enhanced = counts.enhanced
        return replace(
            report,
            textures=counts.textures,
            failures=counts.texture_failures,
            texture_age_ms=age_ms,
            enhanced=enhanced,
            last_failure=None if self._maker is None else self._maker.last_failure,
        )

    def _head(self) -> HeadStats | None:
        """Return the figures of the live head; empty where no head was drawn."""
        left = self._meter.share("head_left")
        if left is None:
            return None
        return HeadStats(
            pictures=left.count,
            guessed=self._meter.counts.heads_guessed,
            left_mean=round(left.mean, 4),
            left_worst=round(left.worst, 4),
            skin=self._drawing.skin,
        )

    def _engine_trouble(self) -> str | None:
        return None if self._maker is None else self._maker.trouble

    def _audio(self) -> VoiceReport | None:
        if self._voice is None or self._lips is None:
            return None
        voice = self._parts.voice
        stays = voice is not None and voice.output.stays()
        return replace(self._voice.report(), lip_sync=self._lips.report(), output_stays=stays)

    def _first_picture_ms(self) -> float | None:
        age_ns = self._meter.first_picture_age_ns
        return None if age_ns is None else round(age_ns / NS_PER_MS, 1)

    def _dropped(self) -> int:
        """Return how many pictures were given to an output that was gone."""
        sink = self._parts.sink
        return sink.dropped if isinstance(sink, ReconnectingSink) else 0

    def _output_trouble(self) -> str | None:
        sink = self._parts.sink
        return sink.trouble if isinstance(sink, ReconnectingSink) else None
