"""The settings in groups, so that each part receives only its own."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from livecam.core.persona import PersonaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraSettings:
    """Where pictures come from; fields as in `Settings`."""

    camera: str
    size_wh: tuple[int, int] | None
    fps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputSettings:
    """Where pictures go, and for how long; fields as in `Settings`."""

    sink: str
    record: Path | None
    duration_s: float | None
    json_path: Path | None
    mirror: bool
    when_lost: Literal["hold", "card"]
    sound: Literal["keep", "off"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaSettings:
    """Who is shown, and by what right; fields as in `Settings`."""

    face: Path | None
    persona: str | None
    consent: PersonaKind | None
    identity_model: Path | None
    data_folder: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineSettings:
    """What draws the face, and how; fields as in `Settings`."""

    engine: str
    enhance: str
    mode: Literal["swap", "head", "puppet"]
    faces: Literal["1", "all"]
    strength: float
    trusted: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceSettings:
    """What speaks with which voice; fields as in `Settings`."""

    voice: str
    voice_engine: str
    denoise: Literal["off", "gate", "rnnoise"]
    own_voice: str | None
    microphone: str
    synthesizer: str
    voice_sink: str
    av_offset_ms: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureSettings:
    """How output says that it is altered; fields as in `Settings`."""

    plate_corner: Literal["top-right", "top-left", "bottom-right", "bottom-left"]
    language: Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"]
    sign_every_min: float
    sentence_every_min: float
    time_stamp: str | None
    label_icon: Path | None
