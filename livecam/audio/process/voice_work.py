"""The parts of a live voice in the audio process, wired."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import asdict
from functools import partial
from typing import Final

from livecam.audio.lips.relay import LipRelay
from livecam.audio.pipeline import VoicePipeline
from livecam.audio.playout_buffer import PlayoutBuffer
from livecam.audio.process.engine_selection import open_selection
from livecam.audio.process.job import VoiceJob
from livecam.audio.recording_relay import RecordingRelay
from livecam.audio.typed.microphone import TypedMicrophone
from livecam.audio.typed.priming import prime
from livecam.audio.typed.speaking import TypedSpeech
from livecam.audio.workers import MARGIN, CaptureWorker, PlaybackWorker
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.priority import Rank
from livecam.core.voice import VoiceModel, warn_of_distance
from livecam.core.voice_stats import VoiceStats
from livecam.devices.sound.devices import open_sound_sink, open_sound_source
from livecam.devices.sound.reconnecting import ReconnectingMicrophone, ReconnectingSpeaker
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.personas.voice_file import voice_to_bytes
from livecam.plugins import open_synthesizer
from livecam.timing.drift import DriftControl
from livecam.timing.meter import Meter

LISTENING: Final = "listening to your voice first: say a few sentences"
TOO_ALIKE: Final = "your voice is too near this persona's: nothing would be changed; choose another --voice"
UNCHANGED: Final = "the voice engine gives back your own voice: it is not let through"


class VoiceWork:
    """The connected parts of a live voice; nothing runs yet.

    Attributes:
        rank: Scheduling priority of its threads.
    """

    def __init__(self, job: VoiceJob, clock: Clock) -> None:
        """Open the engine; the threads open the devices they use.

        Raises:
            EngineError: There is no such voice engine.
        """
        self._speaking = open_selection(
            job.engine, job.speaker, job.target, live=True, denoise=job.denoise, trusted=job.trusted
        )
        self.learning = self._speaking.learning
        self._warned, self.rank = False, Rank.USUAL
        self._stages: Mapping[str, dict[str, float]] = {}
        self._stages_ns: int | None = None
        self._target = job.target
        self._clock, self._meter, self._drift = clock, Meter(clock), DriftControl()
        self._relay = (
            RecordingRelay(SoundMarker(job.session, job.first_sample, job.notice_style)) if job.recorded else None
        )
        self._lips = LipRelay() if job.lips else None
        self._playout = PlayoutBuffer(MARGIN)
        self._line = VoicePipeline(self._speaking.engine, self._relay, self._lips)
        self._outgoing, self._before = SoundMarker(job.session, job.first_sample, job.notice_style), job.first_sample
        self.typed: TypedSpeech | None = None
        self.microphone: TypedMicrophone | ReconnectingMicrophone
        if job.synthesizer:
            self.microphone = self._open_typed(job)
        else:
            self.microphone = ReconnectingMicrophone(partial(open_sound_source, job.microphone, clock), clock)
        self.speaker = ReconnectingSpeaker(partial(open_sound_sink, job.output, clock, job.notice_style.label), clock)
        self.converting = CaptureWorker(self.microphone, self._line, self._playout, self._drift, self._meter, clock)
        self.playing = PlaybackWorker(self._playout, self._outgoing, self.speaker, self._meter, clock)
        self.playing.hold_ms(job.hold_ms)
        self.announce = self._outgoing.announce

    def _open_typed(self, job: VoiceJob) -> TypedMicrophone:
        """Open the synthesizer of typed text.

        The guard judges the engine on it before anything is heard.
        """
        synthesizer = open_synthesizer(job.synthesizer, job.language, job.trusted)
        microphone = TypedMicrophone(self._clock)
        self.typed = TypedSpeech(synthesizer, microphone)
        prime(self._line, synthesizer, job.language)
        return microphone

    def _mute_reason(self) -> str | None:
        if self._line.is_passthrough:
            return UNCHANGED
        if self.learning is None or self.learning.is_known:
            return None
        return TOO_ALIKE if self.learning.refused else LISTENING

    @property
    def remark(self) -> str | None:
        """A remark about the chosen voice, for a user who recorded a sample first."""
        speaker = None if self.learning is None else self.learning.speaker
        if speaker is None or isinstance(self._target, VoiceModel):
            return None
        return warn_of_distance(speaker, self._target, "this voice")

    @property
    def _late(self) -> int:
        return self._line.latency_samples + self._outgoing.latency_samples

    def stats(self) -> VoiceStats:
        """Return the figures for the main process."""
        stages, counts = self._recent_stages_ms(), self._meter.counts
        latency_ns, least_ns, peak = self.playing.latency_ns, self.playing.least_ns, self.converting.peak
        self.converting.peak = 0.0
        return VoiceStats(
            engine=self._speaking.name,
            rank=str(self.rank),
            instead_of=self._speaking.why,
            stage=self.converting.stage,
            stage_ms=round((self._clock.now_ns() - self.converting.since_ns) / NS_PER_MS, 1),
            blocks=counts.blocks,
            sent=self._before + self.playing.sent,
            trouble=self.microphone.trouble or self.speaker.trouble or self._mute_reason(),
            remark=self.remark,
            speaking=self._playout.is_playing,
            peak=round(peak, 4),
            now_ms=None if latency_ns is None else round(latency_ns / NS_PER_MS, 1),
            least_ms=None if least_ns is None else round(least_ns / NS_PER_MS, 1),
            latency_ms=stages.get("sound", {}),
            convert_ms=stages.get("convert", {}),
            convert_10_ms=stages.get("convert 10 ms", {}),
            spacing_ms={"heard": stages.get("heard", {}), "played": stages.get("played", {})},
            algorithmic_ms=round(self._late * 1000 / RATE_HZ, 2),
            held_ms=round(self.playing.held_ms, 1),
            waiting_ms=round(self._playout.queued_samples * 1000 / RATE_HZ, 1),
            reserve_ms=round(self._playout.wanted * 1000 / RATE_HZ, 1),
            drift_ppm=round(self._drift.drift_ppm, 1),
            notices=self._outgoing.spoken,
            faults=self._line.faults,
            underflows=self._playout.underflows,
            dropped_ms=round((self._playout.dropped + self.converting.skipped) * 1000 / RATE_HZ, 1),
            typed=0 if self.typed is None else self.typed.said,
            unsaid=self.typed is not None and not self.typed.is_silent,
            xruns={"microphone": self.microphone.xruns, "output": self.speaker.xruns},
        )

    def figures(self) -> dict[str, object]:
        """Return the statistics as the message that goes to the main process."""
        return self.stats().to_message()

    def _recent_stages_ms(self) -> Mapping[str, dict[str, float]]:
        """Return percentiles of every stage, at most a second old.

        Computing them delays the threads for sound.
        """
        now_ns = self._clock.now_ns()
        if self._stages_ns is None or now_ns - self._stages_ns > NS_PER_S:
            self._stages, self._stages_ns = self._meter.summarize_ms(), now_ns
        return self._stages

    def say(self, text: str) -> None:
        """Speak a typed text; do nothing where there is a microphone."""
        if self.typed is not None:
            self.typed.say(text)

    def take_chunks(self) -> list[dict[str, object]]:
        """Return what was converted since the last call, for a recording.

        Empty when there is none.
        """
        return [] if self._relay is None else [asdict(piece) for piece in self._relay.fetch()]

    @property
    def has_lips(self) -> bool:
        """Whether mouth shapes are estimated."""
        return self._lips is not None

    def take_lips(self) -> list[tuple[int, float, float]]:
        """Return the mouth shapes since the last call."""
        return [] if self._lips is None else self._lips.fetch()

    def take_learned(self) -> str | None:
        """Return the learned voice as text, once.

        A process that takes over then need not listen first.
        """
        speaker = None if self.learning is None else self.learning.speaker
        if speaker is None or self._warned:
            return None
        self._warned = True
        return b64encode(voice_to_bytes(speaker)).decode()

    def close(self) -> None:
        """Close both devices and the engine."""
        self._speaking.close()
        self.microphone.close()
        self.speaker.close()
