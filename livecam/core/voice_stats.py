"""Statistics that the audio process sends ten times a second over its pipe."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final, Self

SCHEMA: Final = 1
"""Schema version of a message; the reader accepts no other."""

Percentiles = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceStats:
    """Figures of the live voice since its process started.

    Attributes:
        engine: The engine that speaks.
        instead_of: Why it is another engine than the requested one; empty where it is not.
        rank: The priority of its threads.
        stage, stage_ms: Stage of the converting thread, and for how long.
        blocks: Blocks converted.
        sent: Samples played, over all processes of the session; None before the first message.
        trouble: Why nothing is heard at present; None where it is.
        remark: A remark for the user on voice and speaker.
        speaking: Whether sound is being played.
        peak: The loudest sample of the microphone since the last message, 0 to 1.
        now_ms, least_ms: From speaking to hearing now, and without the wait for the picture; None in silence.
        latency_ms, convert_ms: Percentiles of that, and of the time to convert a block.
        convert_10_ms: Percentiles of the time to convert 10 ms of sound, two blocks.
        spacing_ms: Percentiles of the time between blocks, "heard" and "played".
        algorithmic_ms: Delay of the method.
        held_ms: Wait for the picture.
        waiting_ms, reserve_ms: Sound queued for playback, and the wanted amount.
        drift_ppm: Drift between microphone and output.
        notices: Notices spoken.
        typed: Typed texts that were taken.
        unsaid: Whether typed text is still to be spoken.
        faults, underflows: Failures of the engine, and times the output ran out of sound.
        dropped_ms: Sound that was left out.
        xruns: Overruns by device.
    """

    engine: str = ""
    rank: str = ""
    instead_of: str = ""
    stage: str = ""
    stage_ms: float = 0.0
    blocks: int = 0
    sent: int | None = None
    trouble: str | None = None
    remark: str | None = None
    speaking: bool = False
    peak: float = 0.0
    now_ms: float | None = None
    least_ms: float | None = None
    latency_ms: Percentiles = field(default_factory=dict)
    convert_ms: Percentiles = field(default_factory=dict)
    convert_10_ms: Percentiles = field(default_factory=dict)
    spacing_ms: Mapping[str, Percentiles] = field(default_factory=dict)
    algorithmic_ms: float = 0.0
    held_ms: float = 0.0
    waiting_ms: float = 0.0
    reserve_ms: float = 0.0
    drift_ppm: float = 0.0
    notices: int = 0
    typed: int = 0
    unsaid: bool = False
    faults: int = 0
    underflows: int = 0
    dropped_ms: float = 0.0
    xruns: Mapping[str, int] = field(default_factory=dict)

    def to_message(self) -> dict[str, object]:
        """Return plain types with the schema version."""
        return {"schema": SCHEMA, **asdict(self)}

    @classmethod
    def from_message(cls, message: Mapping[str, Any]) -> Self:
        """Read a message, or several merged into one; ignore entries of other messages.

        Raises:
            ValueError: Another schema version.
        """
        if (schema := message.get("schema", SCHEMA)) != SCHEMA:
            raise ValueError(f"statistics of the voice have schema {schema}, expected {SCHEMA}")
        return cls(**{item.name: message[item.name] for item in fields(cls) if item.name in message})


FIELDS: Final = frozenset(item.name for item in fields(VoiceStats))
"""Names of the figures; a message with none of them says something else."""
