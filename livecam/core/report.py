"""The report of a run: what it did and why, as the JSON of run and replay."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field

from livecam.core.files.own_files import MADE_BY
from livecam.core.places import redact_paths
from livecam.core.voice_report import VoiceReport

SCHEMA = 1
"""Schema of the files that the benchmarks write."""
RUN_SCHEMA = 2
"""Schema of the report of a run or replay."""


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Pictures by what happened to them.

    Attributes:
        captured: Grabbed from the source.
        sent: Sent to the sink, repeats included.
        new: Of those, pictures made of a new frame; the others repeat one, or are cards.
        cards: Of those sent, the opening and the standby card.
        replaced: Grabbed, but replaced by a newer one before processing.
        held: Sent again because nothing new could be shown.
        late: Sent after their deadline.
        unswapped_shown: An estimate of sent pictures, repeats included, that may show an unswapped face. They were
            sent between the last clean detection on a whole frame and one that found a stranger. Detections in
            between could not have seen that face. A face that no detection finds is not counted.
        face_lost: Frames without a face to follow.
    """

    captured: int = 0
    sent: int = 0
    replaced: int = 0
    held: int = 0
    late: int = 0
    unswapped_shown: int = 0
    face_lost: int = 0
    new: int = 0
    cards: int = 0


@dataclass(frozen=True, slots=True)
class EngineReport:
    """What made the face texture, and how a live engine performed.

    Attributes:
        name: The engine that was asked for; None before there is one.
        persona: The persona that is shown.
        strength: Share of the persona's identity that is drawn, 0 to 1.
        facts: Descriptions of the engine and the enhancer.
        textures, failures: Textures made and failures; None for an engine that makes one at the start.
        texture_age_ms: Percentiles of the age of a texture when it was drawn.
        enhanced: Textures refined; None without an enhancer.
        last_failure: Why it failed last.
    """

    name: str | None = None
    persona: str | None = None
    strength: float | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    textures: int | None = None
    failures: int | None = None
    texture_age_ms: Mapping[str, float] | None = None
    enhanced: int | None = None
    last_failure: str | None = None

    def to_dict(self) -> dict[str, object]:
        """Return plain types, with the facts among the fields; omit what does not apply."""
        head = {"name": self.name, "persona": self.persona, "strength": self.strength}
        live: dict[str, object] = {
            "textures": self.textures,
            "failures": self.failures,
            "texture_age_ms": self.texture_age_ms,
            "enhanced": self.enhanced,
        }
        shown: dict[str, object] = {key: value for key, value in head.items() if value is not None}
        shown |= self.facts
        shown |= {key: value for key, value in live.items() if value is not None}
        return shown if self.textures is None else {**shown, "last_failure": self.last_failure}


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadStats:
    """What mode "head" left of the live head.

    Attributes:
        pictures: Pictures it drew.
        guessed: Of those, pictures in which the live head was guessed.
        left_mean, left_worst: Share of the live head that was neither taken out nor covered.
        skin: Where the tone of skin came from: "body" or "persona".
    """

    pictures: int
    guessed: int
    left_mean: float
    left_worst: float
    skin: str = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLoad:
    """What else the machine did at the same time; None where it does not say.

    Attributes:
        others_percent: Share of other programs, of all processors.
        steal_percent: Share that the host of a virtual machine took, of all processors.
        load_1min: The load of the last minute.
    """

    others_percent: float | None = None
    steal_percent: float | None = None
    load_1min: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryUse:
    """Resident memory in MiB: at the start, now and at most."""

    start: float = 0.0
    end: float = 0.0
    peak: float = 0.0


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A video or a recording that was written.

    Attributes:
        path: Where it is.
        signed: Whether it carries a manifest.
        why_unsigned: Why it carries none, in one line.
        why_unstamped: Why its signature has no time stamp, where one was wanted.
        stopped: Why it ended before the run did.
    """

    path: str
    signed: bool
    why_unsigned: str | None = None
    why_unstamped: str | None = None
    stopped: str | None = None


def _plain(stats: HeadStats | MachineLoad | MemoryUse | WrittenFile | None) -> dict[str, object]:
    """Return plain types; what is not known is left out."""
    return {} if stats is None else {key: value for key, value in asdict(stats).items() if value is not None}


@dataclass(frozen=True, slots=True)
class Report:
    """Figures since the start; times in milliseconds, memory in MiB.

    `fps` counts what was sent, `new_fps` new pictures only. `holds` are the frames that were not shown, by reason.
    `head` is None where no head was drawn, `audio` where there is no live voice.
    `label` is what pictures and files say: "AI MODIFIED" or "AI GENERATED".

    `remarks` are sentences for the user: what was changed or lost, one line each.
    """

    machine: Mapping[str, object] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    frames: FrameCounts = FrameCounts()
    seconds: float = 0.0
    fps: float = 0.0
    new_fps: float = 0.0
    first_picture_ms: float | None = None
    latency_ms: Mapping[str, float] = field(default_factory=dict)
    stage_ms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, int] = field(default_factory=dict)
    holds: Mapping[str, int] = field(default_factory=dict)
    busy: MachineLoad = MachineLoad()
    engine: EngineReport = EngineReport()
    head: HeadStats | None = None
    audio: VoiceReport | None = None
    files: Sequence[WrittenFile] = ()
    label: str = ""
    remarks: Sequence[str] = ()
    memory_mb: MemoryUse = MemoryUse()
    cpu_percent_of_one_core: float = 0.0
    # What the status line shows; not part of the schema.
    level: str = "HOLD"
    reason: str = "starting"

    @property
    def decided_frames(self) -> int:
        """Frames with a decision: drawn or held."""
        return sum(self.levels.values())

    def to_dict(self) -> dict[str, object]:
        """Return the schema of docs/design.md as plain types.

        File names have no folders, addresses no secrets.
        """
        shown = asdict(self)
        for live_only in ("level", "reason"):
            del shown[live_only]
        shown["engine"] = self.engine.to_dict()
        shown["audio"] = {} if self.audio is None else self.audio.to_dict()
        shown |= {"busy": _plain(self.busy), "head": _plain(self.head), "memory_mb": _plain(self.memory_mb)}
        shown["files"] = [_plain(file) for file in self.files]
        return {"schema": RUN_SCHEMA, **MADE_BY, **redact_paths(shown)}

    def to_json(self) -> str:
        """Return indented JSON, keys in the order of the schema."""
        return json.dumps(self.to_dict(), indent=2, default=str)
