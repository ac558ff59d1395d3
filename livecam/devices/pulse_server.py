"""What a sound server has, and the virtual microphone livecam adds; `pactl` speaks to PulseAudio and PipeWire."""

import os
import shutil
import subprocess
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class _Module:
    number: str
    arguments: str


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


class VirtualMicrophone:
    """A sink that livecam plays into and a source "livecam AI voice" that other programs list; removed when closed.

    What an earlier run left behind when it was killed is removed first.
    """

    def __init__(self) -> None:
        """Add both.

        Raises:
            OutputError: No server, another livecam speaks already, or the server refuses.
        """
        self._modules: list[str] = []
        if shutil.which("pactl") is None:
            raise OutputError("there is no pactl to add a virtual microphone with", hint=_INSTALL)
        _remove_stale()
        try:
            self._load(
                "module-null-sink", f"sink_name={SINK}", "rate=48000", "channels=1",
                f"sink_properties=\"device.description='{LABEL} (internal)' livecam.pid='{os.getpid()}'\"",
            )  # fmt: skip
            self._load(
                "module-remap-source", f"source_name={SOURCE}", f"master={SINK}.monitor", "channels=1",
                f"source_properties=\"device.description='{LABEL}' livecam.pid='{os.getpid()}'\"",
            )  # fmt: skip
        except OutputError:
            self.close()
            raise

    def _load(self, *words: str) -> None:
        self._modules.append(_asked("load-module", *words).strip())

    def close(self) -> None:
        """Remove both; may be called twice."""
        while self._modules:
            _pactl("unload-module", self._modules.pop())


def _remove_stale() -> None:
    """Unload what a livecam that no longer runs has loaded.

    Raises:
        OutputError: One that still runs has loaded it.
    """
    for module in reversed(_ours()):
        owner = module.arguments.partition("livecam.pid='")[2].partition("'")[0]
        if owner.isdigit() and int(owner) != os.getpid() and _alive(int(owner)):
            raise OutputError(
                f"another livecam (process {owner}) speaks through the virtual microphone",
                hint="end it first, or run this one with --voice off",
            )
        _asked("unload-module", module.number)


def _ours() -> list[_Module]:
    rows = (line.split("\t") for line in _asked("list", "short", "modules").splitlines())
    modules = [_Module(row[0], row[2]) for row in rows if len(row) > 2]
    return [module for module in modules if any(f"_name={name} " in module.arguments for name in (SINK, SOURCE))]


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


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
