"""A real-time virtual camera that shows a persona you have the right to use.

import livecam

with livecam.open(face="me.jpg", consent="own", camera="0", sink="auto") as session:
    for report in session.reports(every_s=1.0):
        print(report.new_fps, report.level, report.reason)

When the block is left, every file is closed and signed. A model or decoder that is still in a native call is named
in `session.left`; the interpreter waits up to ten seconds for it at its own end. A program that must not wait, or
has a model that never returns, ends with `livecam.core.supervisor.exit_process(exit_code)`.
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from livecam.app.session import Session
    from livecam.config.setting_groups import (
        CameraSettings,
        DisclosureSettings,
        EngineSettings,
        OutputSettings,
        PersonaSettings,
        VoiceSettings,
    )
    from livecam.config.settings import Settings
    from livecam.core.errors import (
        ConsentError,
        DeviceError,
        EngineError,
        LivecamError,
        PersonaError,
        UsageError,
    )
    from livecam.core.persona import PersonaKind
    from livecam.core.ports import FaceFinder, FrameSink, FrameSource, TextureEngine, VoiceEngine
    from livecam.core.prompter import Progress, Prompter
    from livecam.core.report import EngineReport, FrameCounts, Report

# Packages read these when they are first imported; a call afterwards is too late (docs/trust.md).
os.environ.update(
    ORT_DISABLE_TELEMETRY="1",
    OTEL_SDK_DISABLED="true",
    FASTAPI_OTEL_AUTO_CONFIGURE="false",
    RAY_USAGE_STATS_ENABLED="0",
)

__all__ = [
    "CameraSettings",
    "ConsentError",
    "DeviceError",
    "DisclosureSettings",
    "EngineError",
    "EngineReport",
    "EngineSettings",
    "FaceFinder",
    "FrameCounts",
    "FrameSink",
    "FrameSource",
    "LivecamError",
    "OutputSettings",
    "PersonaError",
    "PersonaKind",
    "PersonaSettings",
    "Progress",
    "Prompter",
    "Report",
    "Session",
    "Settings",
    "TextureEngine",
    "UsageError",
    "VoiceEngine",
    "VoiceSettings",
    "__version__",
    "open",
]
__version__ = "0.2.0"

_GROUPS = ("CameraSettings", "DisclosureSettings", "EngineSettings", "OutputSettings", "PersonaSettings",
           "VoiceSettings")  # fmt: skip
_ERRORS = ("ConsentError", "DeviceError", "EngineError", "LivecamError", "PersonaError", "UsageError")
_PORTS = ("FaceFinder", "FrameSink", "FrameSource", "TextureEngine", "VoiceEngine")
# Imported when they are first used: `import livecam` stays quick.
_PLACES = {
    "Session": "livecam.app.session",
    "Settings": "livecam.config.settings",
    "PersonaKind": "livecam.core.persona",
    **dict.fromkeys(_GROUPS, "livecam.config.setting_groups"),
    **dict.fromkeys(_ERRORS, "livecam.core.errors"),
    **dict.fromkeys(_PORTS, "livecam.core.ports"),
    **dict.fromkeys(("Progress", "Prompter"), "livecam.core.prompter"),
    **dict.fromkeys(("EngineReport", "FrameCounts", "Report"), "livecam.core.report"),
}


def open(
    *,
    face: "Path | str | None" = None,
    persona: str | None = None,
    camera: str | int = "0",
    sink: str = "auto",
    record: "Path | str | None" = None,
    size_wh: tuple[int, int] | None = None,
    fps: float = 30.0,
    engine: str = "auto",
    enhance: str = "off",
    refine: Literal["on", "off"] = "off",
    mode: Literal["swap", "head", "puppet"] = "swap",
    skin: Literal["body", "persona"] = "body",
    when_lost: Literal["hold", "card"] = "hold",
    faces: Literal["1", "all"] = "1",
    sound: Literal["keep", "off"] | None = None,
    voice: str = "off",
    voice_engine: str = "auto",
    denoise: Literal["off", "gate", "rnnoise"] = "off",
    own_voice: str | None = None,
    microphone: str = "default",
    synthesizer: str = "espeak-ng",
    voice_sink: str = "auto",
    av_offset_ms: float | None = None,
    consent: "PersonaKind | Literal['own', 'consented', 'synthetic'] | None" = None,
    identity_model: "Path | str | None" = None,
    duration_s: float | None = None,
    json_path: "Path | str | None" = None,
    strength: float = 0.9,
    mirror: bool = False,
    plate_corner: Literal["top-right", "top-left", "bottom-right", "bottom-left"] = "top-right",
    language: Literal["de", "en", "es", "fr", "it", "nl", "pl", "pt"] = "en",
    label_icon: "Path | str | None" = None,
    sign_every_min: float = 5.0,
    sentence_every_min: float = 10.0,
    time_stamp: str | None = None,
    trust_plugin: str | None = None,
    data_folder: "Path | str | None" = None,
) -> "Session":
    """Open a session; entering it starts it.

    The arguments are the fields of `Settings`, which describes them, with the same checks.

    Raises:
        UsageError: A wrong setting.
        LivecamError: What opening the parts raises.
    """
    given: dict[str, Any] = dict(locals())
    from livecam.app.session import open_session
    from livecam.config.settings import Settings

    return open_session(Settings(**given))


def __getattr__(name: str) -> Any:
    """Import a name when it is first used."""
    if name not in _PLACES:
        raise AttributeError(f"module 'livecam' has no attribute {name!r}")
    value = getattr(import_module(_PLACES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PLACES})
