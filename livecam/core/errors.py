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

from typing import ClassVar, Final

STOPPED: Final = "the recording stopped"
"""How every message begins that says that a recording ended before its time."""


class LivecamError(Exception):
    """An error with one line that says what happened and a `hint`: the command or step that helps."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


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
    """No answer to whose face this is, or a record that is missing, broken or expired."""
