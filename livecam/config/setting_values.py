"""How each setting is written in a profile or option, and what it may be."""

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
        about: What it does, with its unit and range; an imperative sentence.
        metavar: What stands for its value in the help of its option.
        written_as: The type of its value in a profile; the command line parses its option to it.
        default: What holds where it is not given, in words for the help.
    """

    key: str
    field: str
    expects: str
    parse: Callable[[Any], Any]
    about: str
    metavar: str
    written_as: type[str] | type[float] | type[bool] = str
    default: str = ""

    def read(self, value: Any, place: str) -> Any:
        """Return the checked value.

        Raises:
            UsageError: It is not what is expected; `place` is where it was written.
        """
        try:
            return self.parse(value)
        except ValueError:
            name = place if place.removeprefix("--") == self.key else f"{place}: {self.key}"
            message = f"{name} must be {self.expects}, got {_described(value)}"
            raise UsageError(message, command="livecam config show") from None


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
    # Personas come with NumPy. Its import would double the time of `livecam --help`.
    from livecam.core.persona import PersonaKind

    return PersonaKind(value)


_LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt")
_CORNERS = ("top-right", "top-left", "bottom-right", "bottom-left")
_ALL = (
    Setting(
        "face",
        "face",
        "the path of a photo",
        _path,
        "Use the face in this photo as the persona. Give this or --persona.",
        "PHOTO",
        default="none",
    ),
    Setting(
        "persona",
        "persona",
        "the name of a persona",
        _text,
        "Use a persona from: livecam persona list.",
        "NAME",
        default="none",
    ),
    Setting(
        "camera",
        "camera",
        "an index, a path, sample or browser",
        _camera,
        "Read pictures from a camera (index), a clip or folder (PATH), the sample clip (sample) or a phone (browser).",
        "CAMERA",
        default="0",
    ),
    Setting(
        "sink",
        "sink",
        "auto, virtualcam, pipewire, file:PATH or null",
        _sink,
        "Send pictures to auto, virtualcam[:DEVICE], pipewire, file:PATH, or null (nowhere).",
        "SINK",
        default="auto",
    ),
    Setting(
        "record",
        "record",
        "the path of a file",
        _path,
        "Record the output to this file as well, signed at the end.",
        "FILE.mp4",
        default="no recording",
    ),
    Setting(
        "size",
        "size_wh",
        "WxH in even pixels, for example 1280x720",
        _size,
        "Set the output size in pixels.",
        "WxH",
        default="size of the camera",
    ),
    Setting(
        "fps",
        "fps",
        "a number from 15 to 240",
        _number(15, 240),
        "Send this many pictures a second, 15 to 240.",
        "N",
        float,
        default="30",
    ),
    Setting(
        "engine",
        "engine",
        "auto, photo, onnx:MODEL or an engine's name",
        _text,
        "Make face textures with auto, photo, onnx:MODEL[@PROVIDER], grpc://HOST:PORT/MODEL or an installed engine.",
        "ENGINE",
        default="auto",
    ),
    Setting(
        "enhance",
        "enhance",
        "off, detail or onnx:MODEL",
        _text,
        "Sharpen the textures of a neural engine with detail or onnx:MODEL[@PROVIDER], or not (off).",
        "ENHANCER",
        default="off",
    ),
    Setting(
        "mode",
        "mode",
        "swap or puppet",
        _one_of(*get_args(Mode)),
        "Draw the persona on the live face (swap), or animate the whole photo (puppet).",
        "swap|puppet",
        default="swap",
    ),
    Setting(
        "when-lost",
        "when_lost",
        "hold or card",
        _one_of("hold", "card"),
        "Without a face, show the standby card after 3 s (hold) or at once (card).",
        "hold|card",
        default="hold",
    ),
    Setting(
        "faces",
        "faces",
        "1 or all",
        _one_of("1", "all"),
        "When a second face appears, hold the picture (1), or swap every face (all).",
        "1|all",
        default="1",
    ),
    Setting(
        "sound",
        "sound",
        "keep or off",
        _one_of("keep", "off"),
        "Keep the sound of the clip, natural voices included, or leave it out (off).",
        "keep|off",
        default="off",
    ),
    Setting(
        "voice",
        "voice",
        "off or the name of a voice",
        _text,
        "Speak with a voice from livecam voice list, or with none (off).",
        "NAME|off",
        default="off",
    ),
    Setting(
        "voice-engine",
        "voice_engine",
        "auto, grain, vocoder, onnx@PROVIDER or an engine's name",
        _text,
        "Convert the voice with auto, grain, vocoder, onnx[@PROVIDER] or an installed engine.",
        "ENGINE",
        default="auto",
    ),
    Setting(
        "denoise",
        "denoise",
        "off, gate or rnnoise",
        _one_of("off", "gate", "rnnoise"),
        "Mute pauses between words (gate), also remove noise from speech (rnnoise), or neither (off).",
        "METHOD",
        default="off",
    ),
    Setting(
        "own-voice",
        "own_voice",
        "the name of a voice",
        _text,
        "Start from your own enrolled voice of this name.",
        "NAME",
        default="the only one of yours",
    ),
    Setting(
        "microphone",
        "microphone",
        "default, a part of a name, or the path of a recording",
        _text,
        "Read speech for --voice from a microphone (part of its name) or a recording (PATH).",
        "NAME|PATH",
        default="default",
    ),
    Setting(
        "voice-sink",
        "voice_sink",
        "auto, device:NAME, file:PATH.wav or null",
        _voice_sink,
        "Send the voice to auto, device:NAME, file:PATH.wav, or null (nowhere).",
        "SINK",
        default="auto",
    ),
    Setting(
        "av-offset",
        "av_offset_ms",
        "milliseconds from -500 to 500",
        _number(-500, 500),
        "Correct for camera latency that its timestamps do not cover, in ms, -500 to 500.",
        "MS",
        float,
        default="measured by livecam calibrate avsync, else 0",
    ),
    Setting(
        "consent",
        "consent",
        "own, consented or synthetic",
        _kind,
        "State in a script that the face or voice is yours (own), of a person who agreed (consented), or synthetic.",
        "KIND",
        default="ask",
    ),
    Setting(
        "identity-model",
        "identity_model",
        "the path of an ONNX file",
        _path,
        "Check with this face recognition network that you are the person in the photo.",
        "ONNX",
        default="no check",
    ),
    Setting(
        "duration",
        "duration_s",
        "seconds from 0.1 to 604800",
        _number(0.1, 604_800),
        "Stop after this many seconds, 0.1 to 604800.",
        "SECONDS",
        float,
        default="run until stopped",
    ),
    Setting(
        "json",
        "json_path",
        "the path of a file",
        _path,
        "Write the report to this file as JSON.",
        "PATH",
        default="no report",
    ),
    Setting(
        "strength",
        "strength",
        "a number from 0 to 1",
        _number(0, 1),
        "Blend this share of the persona's identity with yours, 0 to 1.",
        "SHARE",
        float,
        default="0.9",
    ),
    Setting("mirror", "mirror", "true or false", _truth, "Mirror the output.", "", bool, default="off"),
    Setting(
        "label-corner",
        "plate_corner",
        " or ".join(_CORNERS),
        _one_of(*_CORNERS),
        "Place the visible label (AI MODIFIED or AI GENERATED) here: top-right, top-left, bottom-right, bottom-left.",
        "CORNER",
        default="top-right",
    ),
    Setting(
        "label-icon",
        "label_icon",
        "the path of a picture",
        _path,
        "Draw this picture next to the words of the label, for example the EU icon.",
        "PICTURE",
        default="none",
    ),
    Setting(
        "language",
        "language",
        " or ".join(_LANGUAGES),
        _one_of(*_LANGUAGES),
        "Write label and cards and speak the notice in this language: de, en, es, fr, it, nl, pl or pt.",
        "LANGUAGE",
        default="en",
    ),
    Setting(
        "sign-every",
        "sign_every_min",
        "a number of minutes from 1 to 10",
        _number(1, 10),
        "Repeat the short audible sign in the altered voice after this many minutes, 1 to 10. Above 5 counts as 5.",
        "MINUTES",
        float,
        default="5",
    ),
    Setting(
        "sentence-every",
        "sentence_every_min",
        "a number of minutes from 1 to 10",
        _number(1, 10),
        "Repeat the spoken notice in the altered voice after this many minutes, 1 to 10.",
        "MINUTES",
        float,
        default="10",
    ),
    Setting(
        "time-stamp",
        "time_stamp",
        "an address that begins with http:// or https://",
        _web_address,
        "Ask this time stamp authority (RFC 3161) to stamp signed files. livecam sends it a hash.",
        "URL",
        default="none",
    ),
    Setting(
        "trust-plugin",
        "trust_plugin",
        "names of packages, with commas between them",
        _text,
        "Let these packages (separated by commas) replace the built-in engines.",
        "PACKAGES",
        default="none",
    ),
    Setting(
        "data-folder",
        "data_folder",
        "the path of a folder",
        _path,
        "Keep personas, voices and consent records in this folder.",
        "PATH",
        default="data folder of the user",
    ),
)
SETTINGS = {setting.key: setting for setting in _ALL}
RENAMED = {"plate-corner": "label-corner"}
"""Keys by their old spelling, which options and profiles still take; to be removed in version 0.3."""
