"""What a run did and why, in the one JSON that run, replay and bench write."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Pictures by what became of them.

    Attributes:
        captured: Grabbed from the source.
        sent: Handed to the sink, repeats included.
        replaced: Grabbed but overtaken by a newer one before anybody looked.
        held: Sent again because nothing new could be shown.
        late: Sent after their deadline.
        unswapped_shown: An estimate: sent, repeats included, between the last clean look at a whole frame and one that
            found a stranger whom the looks in between could not have seen. Whom no look sees is not in it.
        face_lost: Frames without a face to follow.
    """

    captured: int = 0
    sent: int = 0
    replaced: int = 0
    held: int = 0
    late: int = 0
    unswapped_shown: int = 0
    face_lost: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """Figures since the start; times in milliseconds, memory in MiB.

    `files` are the videos that were written: "path", "signed", and "why_unsigned" in one line where they are not.
    """

    machine: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    frames: FrameCounts = FrameCounts()
    seconds: float = 0.0
    fps: float = 0.0
    first_picture_ms: float | None = None
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    stage_ms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    engine: Mapping[str, object] = field(default_factory=dict)
    audio: Mapping[str, object] = field(default_factory=dict)
    files: Sequence[Mapping[str, object]] = ()
    memory_mb: Mapping[str, float] = field(default_factory=dict)
    cpu_percent_of_one_core: float = 0.0
    # What the status line shows; not part of the schema.
    level: str = "HOLD"
    reason: str = "starting"

    def to_dict(self) -> dict[str, object]:
        """The schema of docs/design.md as plain types."""
        shown = asdict(self)
        for live_only in ("level", "reason"):
            del shown[live_only]
        return {"schema": SCHEMA, **shown}

    def to_json(self) -> str:
        """Pretty-printed, keys in the order of the schema."""
        return json.dumps(self.to_dict(), indent=2, default=str)
