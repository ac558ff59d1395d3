"""Query a sound server; `pactl` supports PulseAudio and PipeWire."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from typing import Final

from livecam.core.errors import OutputError, remedy
from livecam.devices.packages import find_install_command

SINK: Final = "livecam_voice"
SOURCE: Final = "livecam_ai_voice"
LABEL: Final = "livecam AI voice"
_LIMIT_S: Final = 10


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A microphone of the server: the name programs use, and the one people read."""

    name: str
    label: str


def is_running() -> bool:
    """Whether a sound server answers here."""
    return shutil.which("pactl") is not None and run_pactl("info").returncode == 0


def start_hint() -> str:
    """Return advice for a server that does not answer: install it, or start it."""
    if shutil.which("pactl") is None:
        return "sudo apt install pulseaudio-utils libpulse0"
    return "pulseaudio --start" if shutil.which("pulseaudio") else "systemctl --user start pipewire-pulse"


def list_names(kind: str) -> tuple[str, ...]:
    """Return names of all "sources" or "sinks"; none where no server answers."""
    done = run_pactl("list", "short", kind)
    return tuple(line.split("\t")[1] for line in done.stdout.splitlines() if "\t" in line)


def list_sources() -> tuple[PulseSource, ...]:
    """Return the microphones, without livecam's own and monitors of outputs."""
    found, name = [], ""
    for line in ask_pactl("list", "sources").splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "Name":
            name = value
        elif key == "Description" and not name.endswith(".monitor") and name != SOURCE:
            found.append(PulseSource(name, value))
    return tuple(found)


def read_default_source() -> str:
    """Return the name of the default microphone."""
    return ask_pactl("get-default-source").strip()


def read_default_sink() -> str:
    """Return the name of the default output.

    It is "" where there is none.
    """
    return ask_pactl("get-default-sink").strip()


def ask_pactl(*words: str) -> str:
    """Return the output of `pactl`.

    Raises:
        OutputError: The server refuses or does not answer.
    """
    done = run_pactl(*words)
    if done.returncode != 0:
        what = " ".join(done.stderr.split()) or "it gave no reason"
        raise OutputError(f"the sound server refused {words[0]}: {what}", command="livecam doctor")
    return done.stdout


def run_pactl(*words: str) -> subprocess.CompletedProcess[str]:
    """Run `pactl`.

    Raises:
        OutputError: It is not installed, or the server does not answer.
    """
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(["pactl", *words], capture_output=True, text=True, timeout=_LIMIT_S, env=environment)
    except OSError as error:
        raise OutputError(f"pactl cannot run: {error.strerror}", **remedy(find_install_command("pulse"))) from error
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"the sound server does not answer pactl {words[0]}", command="livecam doctor") from error
