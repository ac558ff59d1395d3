"""The settings of a session, each value with its origin.

A value comes from an option, a line of the profile, or the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, TypeVar

from livecam.config.setting import Setting
from livecam.config.setting_groups import (
    CameraSettings,
    DisclosureSettings,
    EngineSettings,
    OutputSettings,
    PersonaSettings,
    VoiceSettings,
)
from livecam.config.setting_values import SETTINGS
from livecam.core.errors import UsageError
from livecam.core.label import Mode
from livecam.core.persona import PersonaKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a session needs to know; checked on construction.

    Attributes:
        face: Photo to make the persona of.
        persona: Name of a stored or built-in persona.
        camera: Index, path of a clip or folder, or "sample".
        sink: "auto", "virtualcam", "pipewire", "file:PATH" or "null".
        record: File that what is sent is recorded in as well.
        size_wh: Output width and height; None takes the camera's.
        fps: Pictures per second handed to the sink.
        engine: "auto", "photo", "onnx:MODEL.onnx", or the name of an installed engine.
        enhance: "off", "detail", or "onnx:MODEL.onnx": what makes a neural engine's textures finer.
        mode: "swap" draws the persona on the live face, "head" its whole head on the live body, "puppet" moves the
            persona's whole photo.
        when_lost: What is shown without a face: the last picture, then the card; or the card at once.
        faces: "1" holds when a second face appears, "all" swaps every face.
        sound: Whether a replay without a voice keeps the clip's own sound; None leaves it out and says so.
        voice: Name of a voice, or "off".
        voice_engine: "auto", "grain", "vocoder", or "onnx@PROVIDER" for a voice that is a network.
        denoise: What is done about noise before the voice: nothing, "gate" is silent where nobody speaks, "rnnoise"
            takes noise out of speech too.
        own_voice: Name of the enrolled voice of who speaks; None takes the only one of their own.
        microphone: "default", a part of a microphone's name, the path of a recording, or "typed" for typed text.
        synthesizer: "espeak-ng" or "piper:VOICE.onnx": what reads typed text before the voice changes it.
        voice_sink: "auto", "device:NAME", "file:PATH" (.wav or .flac) or "null".
        av_offset_ms: By how much the camera's pictures are older than their stamps, for lips and voice; None takes what
            was measured for these devices, else 0.
        consent: Whose face the photo shows, for scripts that cannot be asked.
        identity_model: An ArcFace-like network: is the person in front of the camera the one in the photo? For
            personas of kind own, and for `persona enrol`.
        duration_s: Ends by itself after this time; None runs until it is stopped.
        json_path: Where the report is written at the end.
        strength: How much of the persona's identity is drawn, 0..1.
        mirror: Whether the output is mirrored.
        plate_corner: Where the plate "AI MODIFIED" or "AI GENERATED" stands; it cannot be turned off.
        label_icon: Picture drawn next to the label's words, as the EU's icon in white on black; the words stay.
        language: Of the plate, the cards and the spoken notice, as in "de"; "AI" stays on the plate.
        sign_every_min: Minutes between two short signs in the altered voice, 1 to 10; above 5 counts as 5.
        sentence_every_min: Minutes between two spoken notices in the altered voice, 1 to 10.
        time_stamp: Address of the RFC 3161 authority that is asked for the time of a signature; None asks nobody.
        trust_plugin: Packages, with commas between them, that may replace what is livecam's own.
        data_folder: Where personas and consent records are kept; None is the user's data folder.

    Raises:
        UsageError: A value outside its range.
    """

    face: Path | None = None
    persona: str | None = None
    camera: str = "0"
    sink: str = "auto"
    record: Path | None = None
    size_wh: tuple[int, int] | None = None
    fps: float = 30.0
    engine: str = "auto"
    enhance: str = "off"
    mode: Mode = "swap"
    when_lost: Literal["hold", "card"] = "hold"
    faces: Literal["1", "all"] = "1"
    sound: Literal["keep", "off"] | None = None
    voice: str = "off"
    voice_engine: str = "auto"
    denoise: Literal["off", "gate", "rnnoise"] = "off"
    own_voice: str | None = None
    microphone: str = "default"
    synthesizer: str = "espeak-ng"
    voice_sink: str = "auto"
    av_offset_ms: float | None = None
    consent: PersonaKind | None = None
    identity_model: Path | None = None
    duration_s: float | None = None
    json_path: Path | None = None
    strength: float = 0.9
    mirror: bool = False
    plate_corner: Literal["top-right", "top-left", "bottom-right", "bottom-left"] = "top-right"
    label_icon: Path | None = None
    language: Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"] = "en"
    sign_every_min: float = 5.0
    sentence_every_min: float = 10.0
    time_stamp: str | None = None
    trust_plugin: str | None = None
    data_folder: Path | None = None

    def __post_init__(self) -> None:
        for setting in SETTINGS.values():
            value = getattr(self, setting.field)
            if value is not None:
                object.__setattr__(self, setting.field, setting.read(value, setting.key))
        if self.face is not None and self.persona is not None:
            raise UsageError(
                f"a face ({self.face}) and a persona ({self.persona}) are both named",
                advice="give --face PATH or --persona NAME, not both",
            )
        if self.mode == "head" and self.faces == "all":
            raise UsageError(
                "mode head draws one head, and all faces are asked for", advice="run: livecam run --faces 1"
            )

    @property
    def trusted(self) -> tuple[str, ...]:
        """The names in `trust_plugin`."""
        return tuple(name for part in (self.trust_plugin or "").split(",") if (name := part.strip()))

    @property
    def camera_group(self) -> CameraSettings:
        """Where pictures come from."""
        return _group(CameraSettings, self)

    @property
    def output_group(self) -> OutputSettings:
        """Where pictures go."""
        return _group(OutputSettings, self)

    @property
    def persona_group(self) -> PersonaSettings:
        """Who is shown."""
        return _group(PersonaSettings, self)

    @property
    def engine_group(self) -> EngineSettings:
        """What draws the face."""
        return _group(EngineSettings, self)

    @property
    def voice_group(self) -> VoiceSettings:
        """What speaks with which voice."""
        return _group(VoiceSettings, self)

    @property
    def disclosure_group(self) -> DisclosureSettings:
        """How output says that it is altered."""
        return _group(DisclosureSettings, self)


G = TypeVar("G", CameraSettings, OutputSettings, PersonaSettings, EngineSettings, VoiceSettings, DisclosureSettings)


def _group(kind: type[G], settings: Settings) -> G:
    return kind(**{field.name: getattr(settings, field.name) for field in fields(kind)})


class OriginKind(StrEnum):
    """Where a value comes from; later ones win."""

    DEFAULT = "default"
    PROFILE = "profile"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Origin:
    """Why a value is what it is: `place` is the option, the profile's path and line, or empty for a default."""

    kind: OriginKind
    place: str = ""


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value as somebody wrote it and where: "--fps" or "livecam.toml:3"."""

    value: Any
    place: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings and, by key, the origin of each of them."""

    settings: Settings
    origins: Mapping[str, Origin]


def resolve(options: Mapping[str, Any], profile: Mapping[str, GivenValue]) -> Resolved:
    """Options over profile over defaults.

    Args:
        options: Value by key ("when-lost"), as the command line gave it; None where it was not given.
        profile: Value by key, as `livecam.config.profile.read_profile` gives it.

    Raises:
        UsageError: A value of the wrong type or range, with expected, actual and the place.
    """
    given = {key: GivenValue(value, f"--{key}") for key, value in options.items() if value is not None}
    pair = {"face", "persona"}
    kept = {key: item for key, item in profile.items() if not (key in pair and pair & given.keys())}
    values, origins = {}, {key: Origin(OriginKind.DEFAULT) for key in SETTINGS}
    for kind, layer in ((OriginKind.PROFILE, kept), (OriginKind.OPTION, given)):
        for key, item in layer.items():
            setting = SETTINGS[key]
            values[setting.field] = setting.read(item.value, item.place)
            origins[key] = Origin(kind, item.place)
    return Resolved(Settings(**values), origins)


def value_of(settings: Settings, setting: Setting) -> Any:
    """The value in the form a profile or option would give it: text, number, truth or None."""
    value = getattr(settings, setting.field)
    if setting.field == "size_wh" and value is not None:
        return f"{value[0]}x{value[1]}"
    return str(value) if isinstance(value, Path | StrEnum) else value
