"""What a sound server has, and the virtual microphone livecam adds; `pactl` speaks to PulseAudio and PipeWire."""

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from livecam.core.errors import OutputError

SINK: Final = "livecam_voice"
SOURCE: Final = "livecam_ai_voice"
LABEL: Final = "livecam AI voice"
_LIMIT_S: Final = 10
_INSTALL: Final = "sudo apt install pulseaudio-utils libpulse0"


@dataclass(frozen=True, slots=True)
class PulseSource:
    """A microphone of the server: the name programs use, and the one people read."""

    name: str
    label: str


def running() -> bool:
    """Whether a sound server answers here."""
    return shutil.which("pactl") is not None and _pactl("info").returncode == 0


def names(kind: str) -> tuple[str, ...]:
    """Names of all "sources" or "sinks"; none where no server answers."""
    done = _pactl("list", "short", kind)
    return tuple(line.split("\t")[1] for line in done.stdout.splitlines() if "\t" in line)


def sources() -> tuple[PulseSource, ...]:
    """The microphones, livecam's own and the echoes of outputs left out."""
    found, name = [], ""
    for line in _asked("list", "sources").splitlines():
        key, _, value = line.strip().partition(": ")
        if key == "Name":
            name = value
        elif key == "Description" and not name.endswith(".monitor") and name != SOURCE:
            found.append(PulseSource(name, value))
    return tuple(found)


def default_source() -> str:
    """The name of the microphone that programs get which name none."""
    return _asked("get-default-source").strip()


def default_sink() -> str:
    """The name of the output that programs get which name none; "" where there is none."""
    return _asked("get-default-sink").strip()


_PARTS: Final = (
    ("module-null-sink", f"sink_name={SINK}", "rate=48000", "channels=1",
     f"sink_properties=\"device.description='{LABEL} (internal)'\""),
    ("module-remap-source", f"source_name={SOURCE}", f"master={SINK}.monitor", "channels=1",
     f"source_properties=\"device.description='{LABEL}'\""),
)  # fmt: skip


class VirtualMicrophone:
    """A sink that livecam plays into and a source "livecam AI voice" that other programs list.

    When a source is removed, the server gives whoever listens to it the default microphone: the natural voice. So it is
    removed only when nobody listens; else it stays, silent, and the next livecam takes it over, as it takes over what a
    killed one left.

    Attributes:
        stays: Whether it stayed when it was closed.
    """

    def __init__(self) -> None:
        """Add what is not there yet.

        Raises:
            OutputError: No server, another livecam speaks already, or the server refuses.
        """
        if shutil.which("pactl") is None:
            raise OutputError("there is no pactl to add a virtual microphone with", hint=_INSTALL)
        self.stays = False
        self._lock: int | None = _locked()
        try:
            there = _ours()
            for part in _PARTS:
                if not any(f"{part[1]} " in arguments for arguments in there.values()):
                    _asked("load-module", *part)
        except OutputError:
            self.close()
            raise

    def close(self) -> None:
        """Remove both unless a program listens; may be called twice."""
        if self._lock is None:
            return
        self.stays = _listeners() > 0
        if not self.stays:
            for number in sorted(_ours(), key=int, reverse=True):
                _pactl("unload-module", number)
        os.close(self._lock)
        self._lock = None


def _locked() -> int:
    """The right to speak through the virtual microphone, which ends with the process.

    Raises:
        OutputError: Another process has it.
    """
    # This module is loaded on systems without it too.
    import fcntl

    folder = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    lock = os.open(Path(folder) / f"livecam-voice-{os.getuid()}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise OutputError(
            "another livecam speaks through the virtual microphone",
            hint="end it first, or run this one with --voice off",
        ) from None
    return lock


def _ours() -> dict[str, str]:
    """Arguments of the modules that make the virtual microphone, by number."""
    rows = (line.split("\t") for line in _asked("list", "short", "modules").splitlines())
    return {row[0]: row[2] for row in rows if len(row) > 2 and any(f"{part[1]} " in row[2] for part in _PARTS)}


def _listeners() -> int:
    """How many programs listen to the virtual microphone."""
    rows = [line.split("\t") for line in _pactl("list", "short", "sources").stdout.splitlines()]
    numbers = {row[0] for row in rows if len(row) > 1 and row[1] == SOURCE}
    streams = [line.split("\t") for line in _pactl("list", "short", "source-outputs").stdout.splitlines()]
    return sum(len(row) > 1 and row[1] in numbers for row in streams)


def _asked(*words: str) -> str:
    done = _pactl(*words)
    if done.returncode != 0:
        what = " ".join(done.stderr.split()) or "it gave no reason"
        raise OutputError(f"the sound server refused {words[0]}: {what}", hint="livecam doctor")
    return done.stdout


def _pactl(*words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        return subprocess.run(["pactl", *words], capture_output=True, text=True, timeout=_LIMIT_S, env=environment)
    except subprocess.TimeoutExpired as error:
        raise OutputError(f"the sound server does not answer pactl {words[0]}", hint="livecam doctor") from error
