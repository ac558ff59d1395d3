"""Everything that can go wrong in words a person can act on.

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
"""How every message begins that says that a recording ended before its time."""


_PROGRAM: Final = re.compile(
    r"([A-Z_]+=\S+ )?"
    r"(livecam|sudo|pip|uv|apt|dnf|pacman|zypper|brew|mkdir|chmod|mv|cp|nvidia-smi|pulseaudio|systemctl"
    r'|"[^"]*python[^"/]*"|\S*python[0-9.]*(\.exe)?)(?= |$)'
)
_SENTENCE: Final = re.compile(r"[,;:] | \(| (or|without|then|there|as|asks|which|to|and)\b")
_COMMENT: Final = "   #"


class Remedy(TypedDict, total=False):
    """What helps after an error, as keywords of it: one of the two."""

    command: str
    advice: str


class LivecamError(Exception):
    """One line that says what failed and why, and what helps.

    Attributes:
        command: Something to run as it stands; None where a sentence helps more.
        advice: A sentence; None where there is a command.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, command: str | None = None, advice: str | None = None) -> None:
        super().__init__(message)
        self.command = command
        self.advice = advice

    @property
    def remedy(self) -> Remedy:
        """The command or the advice as keywords, for an error that is raised from this one."""
        if self.command is not None:
            return Remedy(command=self.command)
        return Remedy(advice=self.advice) if self.advice is not None else Remedy()

    @property
    def help_text(self) -> str:
        """The command or the advice, whichever there is."""
        return self.command or self.advice or ""

    @property
    def help_line(self) -> str:
        """What a person reads under the message: "try: COMMAND", or the advice."""
        return f"try: {self.command}" if self.command else self.advice or ""


def remedy(text: str) -> Remedy:
    """Sort a text that was chosen elsewhere.

    A command where it can be run as it stands, else advice.
    """
    if is_command(text):
        return Remedy(command=text)
    return Remedy(advice=f"run: {text}" if _PROGRAM.match(text) else text)


def is_command(text: str) -> bool:
    """Whether a text can be run as it stands; a comment of the shell may follow it."""
    return bool(_PROGRAM.match(text)) and not _SENTENCE.search(text.split(_COMMENT)[0])


class UsageError(LivecamError):
    """A wrong option, key or configuration file."""

    exit_code = 2


class DeviceError(LivecamError):
    """A camera, clip or output that does not do its part."""

    exit_code = 3


class CameraError(DeviceError):
    """A source of frames that does not open or deliver."""


class SoundError(DeviceError):
    """A recording or microphone that cannot be read."""


class OutputError(DeviceError):
    """A sink that does not open or take pictures."""


class NoVirtualCamera(OutputError):
    """Nothing on this system that other programs would see as a camera."""


class EngineError(LivecamError):
    """An engine or model that is unknown, missing or broken."""

    exit_code = 4


class PersonaError(LivecamError):
    """A persona that does not exist or cannot be used."""

    exit_code = 5


class PhotoError(PersonaError):
    """A photo no persona can be made of."""


class VoiceError(PersonaError):
    """A recording no voice can be learned from."""


class ConsentError(PersonaError):
    """Consent is not given, or its record is missing, broken or expired."""
