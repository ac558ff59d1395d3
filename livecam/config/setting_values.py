"""How each setting is written in a profile or after an option, and what it may be."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from livecam.config.paths import expanded
from livecam.core.errors import UsageError
from livecam.core.label import Mode

_LONGEST_SHOWN = 80
_MOST_CAMERAS = 1 << 31


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    Attributes:
        key: Its name in a profile and, after "--", on the command line.
        field: Its name in `Settings`.
        expects: What a value must be, in words.
        parse: The value in its final type; raises ValueError for anything else and takes its own results.
        about: What it is for, in one line.
        metavar: What stands for its value in the help of its option.
        written_as: The type of its value in a profile; the command line parses its option to it.
    """

    key: str
    field: str
    expects: str
    parse: Callable[[Any], Any]
    about: str
    metavar: str
    written_as: type[str] | type[float] | type[bool] = str

    def read(self, value: Any, place: str) -> Any:
        """The checked value.

        Raises:
            UsageError: It is not what is expected; `place` is where it was written.
        """
        try:
            return self.parse(value)
        except ValueError:
            name = place if place.removeprefix("--") == self.key else f"{place}: {self.key}"
            message = f"{name} must be {self.expects}, got {_described(value)}"
            raise UsageError(message, hint="livecam config show") from None


def _described(value: Any) -> str:
    said = _worded(value)
    return said if len(said) <= _LONGEST_SHOWN else f"{said[:_LONGEST_SHOWN]}…"


def _worded(value: Any) -> str:
    names = {bool: "truth value", int: "number", float: "number", list: "list", dict: "table"}
    if isinstance(value, str):
        return f'"{value}"'
    try:
        text = str(value).lower() if isinstance(value, bool) else str(value)
    except (ValueError, RecursionError):
        return "a number or list that is too long to show"
    return f"the {names.get(type(value), type(value).__name__)} {text}"


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise ValueError
    return value


def _path(value: Any) -> Path:
    return value if isinstance(value, Path) else expanded(_text(value))


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _camera(value: Any) -> str:
    is_index = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_CAMERAS
    return str(value) if is_index else _text(value)


def _sink(value: Any) -> str:
    if not re.fullmatch(r"auto|virtualcam(:.+)?|pipewire|null|file:.+", _text(value)):
        raise ValueError
    return str(value)


def _voice_sink(value: Any) -> str:
    if not re.fullmatch(r"auto|null|(device|file):.+", _text(value)):
        raise ValueError
    return str(value)


def _size(value: Any) -> tuple[int, int]:
    if isinstance(value, tuple):
        value = "x".join(map(str, value))
    match = re.fullmatch(r"(\d{2,4})x(\d{2,4})", _text(value))
    if not match:
        raise ValueError
    width, height = int(match[1]), int(match[2])
    if not (64 <= width <= 7680 and 64 <= height <= 4320) or width % 2 or height % 2:
        raise ValueError
    return width, height


def _number(lowest: float, highest: float) -> Callable[[Any], float]:
    def parse(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not lowest <= value <= highest:
            raise ValueError
        return float(value)

    return parse


def _one_of(*words: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if isinstance(value, bool) or str(value) not in words:
            raise ValueError
        return str(value)

    return parse


def _web_address(value: Any) -> str:
    address = _text(value)
    if not address.startswith(("http://", "https://")):
        raise ValueError
    return address


def _kind(value: Any) -> Any:
    # Personas come with NumPy, whose import would double the time of `livecam --help`.
    from livecam.core.persona import PersonaKind

    return PersonaKind(value)


_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")
_CORNERS = ("top-right", "top-left", "bottom-right", "bottom-left")
_ALL = (
    Setting("face", "face", "the path of a photo", _path, "Photo to make the persona of.", "PHOTO"),
    Setting("persona", "persona", "the name of a persona", _text, "Stored or built-in persona.", "NAME"),
    Setting(
        "camera", "camera", "an index, a path or sample", _camera, "Where pictures come from.", "INDEX|PATH|sample"
    ),
    Setting(
        "sink",
        "sink",
        "auto, virtualcam, pipewire, file:PATH or null",
        _sink,
        "Where they go.",
        "auto|virtualcam|pipewire|file:PATH|null",
    ),
    Setting("record", "record", "the path of a file", _path, "Record what is sent in a file as well.", "FILE.mp4"),
    Setting(
        "size", "size_wh", "WxH in even pixels, for example 1280x720", _size, "Output size; else the camera's.", "WxH"
    ),
    Setting("fps", "fps", "a number from 15 to 240", _number(15, 240), "Pictures per second.", "N", float),
    Setting(
        "engine",
        "engine",
        "auto, photo, onnx:MODEL or an engine's name",
        _text,
        "Maker of the face texture.",
        "auto|photo|onnx:MODEL[@PROVIDER]|NAME",
    ),
    Setting(
        "enhance",
        "enhance",
        "off, detail or onnx:MODEL",
        _text,
        "Makes a neural engine's textures finer.",
        "off|detail|onnx:MODEL[@PROVIDER]",
    ),
    Setting(
        "mode",
        "mode",
        "swap or puppet",
        _one_of(*get_args(Mode)),
        "On the live face, or the whole photo.",
        "swap|puppet",
    ),
    Setting(
        "when-lost", "when_lost", "hold or card", _one_of("hold", "card"), "What is shown without a face.", "hold|card"
    ),
    Setting("faces", "faces", "1 or all", _one_of("1", "all"), "Hold on a second face, or swap all.", "1|all"),
    Setting(
        "sound",
        "sound",
        "keep or off",
        _one_of("keep", "off"),
        "The clip's own sound, natural voices too; off by default.",
        "keep|off",
    ),
    Setting("voice", "voice", "off or the name of a voice", _text, "Voice of the persona.", "NAME|off"),
    Setting(
        "voice-engine",
        "voice_engine",
        "auto, grain, vocoder, onnx@PROVIDER or an engine's name",
        _text,
        "What speaks with the voice.",
        "auto|grain|vocoder|onnx[@PROVIDER]",
    ),
    Setting(
        "denoise",
        "denoise",
        "off, gate or rnnoise",
        _one_of("off", "gate", "rnnoise"),
        "Silence where nobody speaks; rnnoise also takes noise out of speech.",
        "off|gate|rnnoise",
    ),
    Setting("own-voice", "own_voice", "the name of a voice", _text, "Your enrolled voice.", "NAME"),
    Setting(
        "microphone",
        "microphone",
        "default, a part of a name, or the path of a recording",
        _text,
        "What is listened to for --voice.",
        "NAME|PATH",
    ),
    Setting(
        "voice-sink",
        "voice_sink",
        "auto, device:NAME, file:PATH.wav or null",
        _voice_sink,
        "Where the voice goes.",
        "auto|device:NAME|file:PATH|null",
    ),
    Setting(
        "av-offset",
        "av_offset_ms",
        "milliseconds from -500 to 500",
        _number(-500, 500),
        "How much older pictures are than they say.",
        "MS",
        float,
    ),
    Setting(
        "consent",
        "consent",
        "own, consented or synthetic",
        _kind,
        "Whose face the photo shows.",
        "own|consented|synthetic",
    ),
    Setting(
        "identity-model",
        "identity_model",
        "the path of an ONNX file",
        _path,
        "Face recogniser for checks of consent.",
        "ONNX",
    ),
    Setting(
        "duration",
        "duration_s",
        "seconds from 0.1 to 604800",
        _number(0.1, 604_800),
        "End after this time.",
        "SECONDS",
        float,
    ),
    Setting("json", "json_path", "the path of a file", _path, "Where the report is written.", "PATH"),
    Setting(
        "strength", "strength", "a number from 0 to 1", _number(0, 1), "Share of the persona's identity.", "0..1", float
    ),
    Setting("mirror", "mirror", "true or false", _truth, "Mirror the output.", "", bool),
    Setting(
        "plate-corner",
        "plate_corner",
        " or ".join(_CORNERS),
        _one_of(*_CORNERS),
        "Place of the plate AI MODIFIED or AI GENERATED.",
        "CORNER",
    ),
    Setting(
        "label-icon",
        "label_icon",
        "the path of a picture",
        _path,
        "Icon beside the plate's words, as the EU's; the words stay.",
        "PICTURE",
    ),
    Setting(
        "language",
        "language",
        " or ".join(_LANGUAGES),
        _one_of(*_LANGUAGES),
        "Language of plate, cards and spoken notice.",
        "LANGUAGE",
    ),
    Setting(
        "sign-every",
        "sign_every_min",
        "a number of minutes from 1 to 5",
        _number(1, 5),
        "Minutes between two short signs in the altered voice.",
        "MINUTES",
        float,
    ),
    Setting(
        "sentence-every",
        "sentence_every_min",
        "a number of minutes from 1 to 10",
        _number(1, 10),
        "Minutes between two spoken notices in the altered voice.",
        "MINUTES",
        float,
    ),
    Setting(
        "time-stamp",
        "time_stamp",
        "an address that begins with http:// or https://",
        _web_address,
        "Time stamp authority (RFC 3161) for signed files; it is sent a hash.",
        "URL",
    ),
    Setting(
        "trust-plugin",
        "trust_plugin",
        "names of packages, with commas between them",
        _text,
        "Packages that may replace livecam's own engines.",
        "PACKAGE[,PACKAGE]",
    ),
    Setting("data-folder", "data_folder", "the path of a folder", _path, "Where personas are kept.", "PATH"),
)
SETTINGS = {setting.key: setting for setting in _ALL}
