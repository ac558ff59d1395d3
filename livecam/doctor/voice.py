"""What the doctor says about `--voice`.

A microphone to listen to, and one to appear as.
"""

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from livecam.core.errors import OutputError
from livecam.core.finding import Finding, Health
from livecam.devices.packages import find_install_command
from livecam.devices.sound import pulse, pulse_server, virtual_microphone
from livecam.devices.sound.devices import list_microphones
from livecam.devices.sound.portaudio import find_cable

_UNPLUG = "livecam voice unplug"
_LIST = "livecam devices   # plug one in, or name a recording: --microphone FILE"


@dataclass(frozen=True, slots=True)
class SoundSystem:
    """How this machine is asked.

    Attributes:
        tools: Whether pactl and libpulse-simple are here.
        running: Whether a sound server answers.
        left: Whether a virtual microphone is there.
        speaking: Whether a livecam speaks through it.
        microphones: Their names, and what people call them.
        cable: On Windows and macOS, the output that other programs hear as a microphone; raises OutputError.
    """

    tools: Callable[[], bool] = lambda: shutil.which("pactl") is not None and pulse.is_installed()
    running: Callable[[], bool] = pulse_server.is_running
    left: Callable[[], bool] = virtual_microphone.is_present
    speaking: Callable[[], bool] = virtual_microphone.is_in_use
    microphones: Callable[[], Mapping[str, str]] = list_microphones
    cable: Callable[[], str] = find_cable


def check_voice(sound: SoundSystem | None = None, root: Path = Path("/")) -> Iterator[Finding]:
    """Check where a voice comes from and goes to.

    Pictures need neither.
    """
    sound = sound or SoundSystem()
    try:
        yield from _output(sound, root)
        yield _microphone(sound.microphones())
    except OutputError as error:
        yield Finding("voice", Health.NOTE, f"{error}; pictures work without it", error.help_text)


def _output(sound: SoundSystem, root: Path) -> Iterator[Finding]:
    if sys.platform != "linux":
        yield Finding("voice", Health.OK, f"other programs hear it from {sound.cable()}")
    elif not sound.tools():
        install = find_install_command("pulse", root)
        yield Finding("voice", Health.NOTE, "no pactl or libpulse-simple; pictures work without it", install)
    elif not sound.running():
        start = "systemctl --user start pipewire pipewire-pulse wireplumber   # or: pulseaudio --start"
        yield Finding("voice", Health.NOTE, "no sound server runs; pictures work without it", start)
    elif sound.left() and not sound.speaking():
        yield Finding("voice", Health.NOTE, f"{pulse_server.LABEL} is left from an earlier run, muted", _UNPLUG)
    else:
        yield Finding("voice", Health.OK, f"other programs will hear it from {pulse_server.LABEL}")


def _microphone(heard: Mapping[str, str]) -> Finding:
    if not heard:
        return Finding("microphone", Health.NOTE, "none", _LIST)
    return Finding("microphone", Health.OK, ", ".join(label or name for name, label in heard.items()))
