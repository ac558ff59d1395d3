"""Checks of other programs: OBS, PipeWire, the sound server."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from livecam.core.finding import Finding, Health
from livecam.core.priority import Rank, find_allowed_rank

_OBS_ELSEWHERE = {
    "darwin": Path("/Applications/OBS.app"),
    "win32": Path("C:/Program Files/obs-studio/bin/64bit/obs64.exe"),
}
_PATIENCE_S = 2.0
_REAL_TIME = 'echo "$USER - rtprio 20" | sudo tee /etc/security/limits.d/livecam.conf   # and log in again'
_NOT_NEEDED = "not here, and not needed"

Find = Callable[[str], str | None]


def check_obs(find: Find = shutil.which, elsewhere: Mapping[str, Path] = _OBS_ELSEWHERE) -> Iterator[Finding]:
    """Check that OBS is installed.

    On Windows and macOS it brings the virtual camera.
    """
    place = find("obs") or next((str(p) for name, p in elsewhere.items() if name == sys.platform and p.exists()), None)
    if place:
        yield Finding("OBS", Health.OK, place)
    elif sys.platform == "linux":
        yield Finding("OBS", Health.OK, _NOT_NEEDED)
    else:
        yield Finding("OBS", Health.FAIL, "not here; it brings the virtual camera", "install https://obsproject.com")


def check_sound_server(
    environment: Mapping[str, str] = os.environ, version: Callable[[str], str | None] | None = None
) -> Iterator[Finding]:
    """Check which of PipeWire and PulseAudio runs for this user, on Linux."""
    if sys.platform != "linux":
        return
    version = version or read_version
    folder = Path(environment.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    pipewire = (folder / "pipewire-0").exists()
    running = (
        f"{version('pipewire') or 'of unknown version'}, running: a camera without a kernel module, --sink pipewire"
    )
    found = running if pipewire else _NOT_NEEDED
    yield Finding("PipeWire", Health.OK, found)
    if (folder / "pulse/native").exists():
        yield Finding("sound server", Health.OK, f"PulseAudio's interface{', by PipeWire' if pipewire else ''}")
    else:
        yield Finding("sound server", Health.OK, "none runs; video works without it")


def check_sound_rank(allowed: Callable[[], Rank] = find_allowed_rank) -> Iterator[Finding]:
    """Check that sound may have real-time priority, on Linux."""
    if sys.platform != "linux":
        return
    rank = allowed()
    if rank is Rank.REAL_TIME:
        yield Finding("sound rank", Health.OK, "real time")
    else:
        found = f"{rank}; the voice may pause, or be later, while processors are busy"
        yield Finding("sound rank", Health.NOTE, found, _REAL_TIME)


def read_version(program: str, find: Find = shutil.which) -> str | None:
    """Return what `program --version` names.

    None where it is not installed or does not answer.
    """
    place = find(program)
    if place is None:
        return None
    try:
        said = subprocess.run([place, "--version"], capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = re.search(r"\d+(\.\d+)+", said.stdout)
    return number[0] if number else None
