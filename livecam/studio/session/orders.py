"""What the page may ask of a session, as settings and as orders to one that runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from livecam.config.setting_values import SETTINGS
from livecam.core.digits import read_count
from livecam.core.errors import UsageError

KEYS: Final = frozenset(
    (
        *("persona", "camera", "sink", "size", "fps", "engine", "enhance", "refine", "mode", "skin"),
        *("when-lost", "faces"),
        *(
            "voice",
            "voice-engine",
            "denoise",
            "own-voice",
            "microphone",
            "voice-sink",
            "strength",
            "mirror",
            "label-corner",
        ),
        *("language", "sign-every"),
    )
)
"""Settings a session may be started with; none names a program or a place in the file system."""
ORDERS: Final = frozenset(("freeze", "record", "say"))
"""Orders that are no settings."""
LIVE: Final = frozenset(("persona", "strength", "mirror", "mode")) | ORDERS
"""What changes between two pictures; anything else starts the session again."""
SINKS: Final = ("auto", "virtualcam", "pipewire", "null")
VOICE_SINKS: Final = ("auto", "null")
ENGINES: Final = ("auto", "photo", "slow", "trained")
CAMERAS: Final = ("auto", "sample", "browser", "none")


@dataclass(frozen=True, slots=True)
class Change:
    """What a request asks for.

    Orders to a running session, and settings that need a new one.
    """

    orders: Mapping[str, Any]
    settings: Mapping[str, Any]


def checked(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings that a session may have.

    Raises:
        UsageError: An unknown one, a value out of its range, or one that names a program or a file.
    """
    for key, value in settings.items():
        if key not in KEYS:
            raise UsageError(f"a session takes no {key}", advice=f"it takes: {', '.join(sorted(KEYS))}")
        SETTINGS[key].read(value, key)
    _check_named(settings, "sink", SINKS, ("virtualcam:/dev/video",))
    _check_named(settings, "voice-sink", VOICE_SINKS, ("device:",))
    _check_named(settings, "engine", ENGINES, ())
    _check_named(settings, "enhance", ("off", "detail"), ())
    camera = settings.get("camera", "auto")
    if str(camera) not in CAMERAS and read_count(str(camera)) is None:
        raise UsageError(f"the studio opens no camera {camera}", advice="GET /api/v1/devices names them")
    for key in ("microphone", "voice", "own-voice", "voice-engine"):
        if any(mark in str(settings.get(key, "")) for mark in ("/", "\\", "onnx")):
            raise UsageError(f"{key} names a file", advice="GET /api/v1/devices and /api/v1/voices name what there is")
    return dict(settings)


def _check_named(settings: Mapping[str, Any], key: str, names: tuple[str, ...], beginnings: tuple[str, ...]) -> None:
    value = str(settings.get(key, names[0]))
    begun = any(value.startswith(begin) and ".." not in value for begin in beginnings)
    if value not in names and not begun:
        raise UsageError(f"the studio takes no {key} {value}", advice=f"one of: {', '.join(names)}")


def change_of(settings: Mapping[str, Any]) -> Change:
    """Return which part of a request a running session can follow.

    Raises:
        UsageError: As `checked`.
    """
    orders = {key: value for key, value in settings.items() if key in LIVE}
    rest = {key: value for key, value in settings.items() if key not in LIVE}
    checked({key: value for key, value in settings.items() if key not in ORDERS})
    return Change(orders, rest)


def check_job(settings: Mapping[str, Any]) -> None:
    """Refuse what names a program or a file in the settings of a job.

    Raises:
        UsageError: One does.
    """
    checked({key: value for key, value in settings.items() if key in KEYS})
