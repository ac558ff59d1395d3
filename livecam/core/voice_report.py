"""What a run's report says of the live voice."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Final

from livecam.core.voice_stats import VoiceStats

_SHOWN: Final = (
    "engine", "instead_of", "rank", "latency_ms", "convert_ms", "convert_10_ms", "spacing_ms",
    "algorithmic_ms", "held_ms", "reserve_ms", "drift_ppm", "notices", "faults", "underflows", "dropped_ms",
    "xruns", "remark",
)  # fmt: skip
"""Of the statistics, what the report has; the others change from block to block."""


@dataclass(frozen=True, slots=True)
class VoiceNames:
    """Voice, microphone and output, for people."""

    voice: str = ""
    microphone: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LipSync:
    """How far sound and picture are apart in milliseconds, and which of them waits.

    Attributes:
        sound_after_picture_ms: As measured; None before the first measurement.
        aim_ms: What is aimed at; None where there is none yet.
        sound_waits_ms, picture_waits_ms: How long each waits for the other.
        alarm: Whether they are further apart than viewers bear.
    """

    sound_after_picture_ms: float | None = None
    aim_ms: float | None = None
    sound_waits_ms: float = 0.0
    picture_waits_ms: float = 0.0
    alarm: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceReport:
    """The live voice until now.

    Attributes:
        names: Who speaks, through what.
        stats: What the audio process says of itself; None before its first message.
        restarts: How often that process was restarted.
        trouble: Why nothing is heard at present; None where it is.
        lip_sync: Sound and picture; None where nothing brings them together.
        output_stays: Whether the virtual microphone outlives the run, for programs that know it.
    """

    names: VoiceNames = VoiceNames()
    stats: VoiceStats | None = None
    restarts: int = 0
    trouble: str | None = None
    lip_sync: LipSync | None = None
    output_stays: bool = False

    @property
    def latency_ms(self) -> Mapping[str, float] | None:
        """Percentiles from speaking to hearing; None before the first message."""
        return None if self.stats is None else self.stats.latency_ms

    @property
    def sound_after_picture_ms(self) -> float | None:
        """How far sound is behind the picture; None where that is not known."""
        return None if self.lip_sync is None else self.lip_sync.sound_after_picture_ms

    @property
    def is_apart(self) -> bool:
        """Whether sound and picture are further apart than viewers bear."""
        return self.lip_sync is not None and self.lip_sync.alarm

    def to_dict(self) -> dict[str, object]:
        """Return plain types; what is not known yet is left out."""
        stats = {} if self.stats is None else asdict(self.stats)
        shown: dict[str, object] = {**asdict(self.names), **{key: stats[key] for key in _SHOWN if key in stats}}
        shown |= {"restarts": self.restarts, "trouble": self.trouble}
        if self.lip_sync is not None:
            shown |= {"lip_sync": asdict(self.lip_sync), "output_stays": self.output_stays}
        return shown
