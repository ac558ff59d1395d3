"""The settings of a session, each value with its origin.

A value comes from an option, a line of the profile, or the default.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

from livecam.config.setting import Setting
from livecam.config.setting_groups import (
    CameraSettings,
    DisclosureSettings,
    DrawingSettings,
    EngineSettings,
    OutputSettings,
    PersonaSettings,
    VoiceSettings,
)
from livecam.config.setting_values import SETTINGS
from livecam.core.errors import UsageError


@dataclass(frozen=True, kw_only=True)
class Settings(CameraSettings, OutputSettings, PersonaSettings, DrawingSettings, VoiceSettings, DisclosureSettings):
    """Everything a session needs to know, checked on construction.

    The groups describe their fields.

    Attributes:
        trust_plugin: Packages, with commas between them, that may replace what is livecam's own.

    Raises:
        UsageError: A value outside its range.
    """

    trust_plugin: str | None = None

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
    def known(self) -> dict[str, Any]:
        """What is set, by field, in the order of the pages."""
        values = {setting.field: getattr(self, setting.field) for setting in SETTINGS.values()}
        return {field: value for field, value in values.items() if value is not None}

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
    """Source of a value; later ones take precedence."""

    DEFAULT = "default"
    PROFILE = "profile"
    OPTION = "option"


@dataclass(frozen=True, slots=True)
class Origin:
    """Origin of a value.

    `place` is the option, the profile's path and line, or empty for a default.
    """

    kind: OriginKind
    place: str = ""


@dataclass(frozen=True, slots=True)
class GivenValue:
    """A value as it was written, and where: "--fps" or "livecam.toml:3"."""

    value: Any
    place: str


@dataclass(frozen=True, slots=True)
class Resolved:
    """Settings, and the origin of each by key."""

    settings: Settings
    origins: Mapping[str, Origin]


def resolve(options: Mapping[str, Any], profile: Mapping[str, GivenValue]) -> Resolved:
    """Resolve options over profile over defaults.

    Args:
        options: Value by key ("when-lost"), as the command line gave it; None where it was not given.
        profile: Value by key, as `livecam.config.profile.read_profile` returns it.

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
    """Return the value as a profile or option has it: text, number, truth or None."""
    value = getattr(settings, setting.field)
    if setting.field == "size_wh" and value is not None:
        return f"{value[0]}x{value[1]}"
    return str(value) if isinstance(value, Path | StrEnum) else value
