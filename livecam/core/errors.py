"""All errors, in words a user can act on.

LivecamError
├── UsageError          wrong option or configuration          exit 2
├── DeviceError         camera, clip or output                 exit 3
│   ├── CameraError
│   ├── SoundError      sound that cannot be read
│   └── OutputError
│       └── NoVirtualCamera
├── EngineError         engine or model                        exit 4
└── PersonaError        persona                                exit 5
    ├── PhotoError      the photo cannot be used
    ├── VoiceError      the recording cannot be used
    └── ConsentError    no valid consent record
"""

import re
from typing import ClassVar, Final, TypedDict

STOPPED: Final = "the recording stopped"
"""How each message about a recording that ended early begins."""


_PROGRAM: Final = re.compile(
    r"([A-Z_]+=\S+ )?"
    r"(livecam|sudo|pip|uv|apt|dnf|pacman|zypper|brew|mkdir|chmod|mv|cp|nvidia-smi|pulseaudio|systemctl"
    r'|"[^"]*python[^"/]*"|\S*python[0-9.]*(\.exe)?)(?= |$)'
)
_SENTENCE: Final = re.compile(r"[,;:] | \(| (or|without|then|there|as|asks|which|to|and)\b")
_COMMENT: Final = "   #"


class Remedy(TypedDict, total=False):
    """The remedy of an error as keywords: a command or advice, not both."""

    command: str
    advice: str


class LivecamError(Exception):
    """One line on what failed and why, and a remedy.

    Attributes:
        command: A command to run as it is; None where a sentence helps more.
        advice: A sentence; None where there is a command.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, command: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.command = command
        self.advice = advice

    @property
    def remedy(self) -> Remedy:
        """The command or the advice as keywords, for an error raised from this one."""
        if self.command is not None:
            return Remedy(command=self.command)
        return Remedy(advice=self.advice) if self.advice is not None else Remedy()

    @property
    def help_text(self) -> str:
        """The command or the advice, whichever there is."""
        return self.command or self.advice or ""

    @property
    def help_line(self) -> str:
        """The line under the message: "try: COMMAND", or the advice."""
        return f"try: {self.command}" if self.command else self.advice or ""


def remedy(text: str) -> Remedy:
    """Return a text as command or advice.

    It is a command where it can be run as it is.
    """
    if is_command(text):
        return Remedy(command=text)
    return Remedy(advice=f"run: {text}" if _PROGRAM.match(text) else text)


def is_command(text: str) -> bool:
    """Whether a text can be run as it is; a shell comment may follow it."""
    return bool(_PROGRAM.match(text)) and not _SENTENCE.search(text.split(_COMMENT)[0])


class UsageError(LivecamError):
    """A wrong option, key or configuration file."""

    exit_code = 2


class DeviceError(LivecamError):
    """A camera, clip or output that does not work."""

    exit_code = 3


class CameraError(DeviceError):
    """A source of frames that does not open or deliver."""


class SoundError(DeviceError):
    """A recording or microphone that cannot be read."""


class OutputError(DeviceError):
    """A sink that does not open or take pictures."""


class NoVirtualCamera(OutputError):
    """No device on this system that other programs would see as a camera."""


class EngineError(LivecamError):
    """An engine or model that is unknown, missing or broken."""

    exit_code = 4


class PersonaError(LivecamError):
    """A persona that does not exist or cannot be used."""

    exit_code = 5


class PhotoError(PersonaError):
    """A photo that cannot become a persona."""


class VoiceError(PersonaError):
    """A recording from which no voice can be learned."""


class ConsentError(PersonaError):
    """Consent is missing, or its record is missing, broken or expired."""
