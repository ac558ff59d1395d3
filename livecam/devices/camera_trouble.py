"""Why a camera does not open, in words that say what to do."""

import os
import sys
from pathlib import Path

from livecam.core.errors import CameraError
from livecam.devices.cameras import Camera

GROUP_COMMAND = 'sudo usermod -aG video "$USER"   # then log in again'
"""What opens the video devices of Linux to this user."""
_LIST = "livecam devices"


def trouble(camera: Camera, *, proc: Path = Path("/proc")) -> CameraError:
    """The most likely cause, found by looking at the device file and who holds it."""
    if sys.platform == "darwin":
        hint = "allow it: System Settings > Privacy & Security > Camera; the list: livecam devices"
        return CameraError(f"camera {camera.index} did not open", hint=hint)
    if camera.path is None:
        return CameraError(f"camera {camera.index} did not open", hint=_LIST)
    if not camera.path.exists():
        return CameraError(f"there is no camera {camera.index}", hint=_LIST)
    if not os.access(camera.path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return CameraError(f"{camera.path} may not be opened by this user", hint=GROUP_COMMAND)
    holders = ", ".join(holders_of(camera.path, proc))
    if holders:
        return CameraError(
            f"{camera.name} is in use by {holders}", hint=f"close that program, or choose another: {_LIST}"
        )
    return CameraError(f"{camera.name} ({camera.path}) delivers no picture", hint=_LIST)


def holders_of(path: Path, proc: Path = Path("/proc")) -> list[str]:
    """Other processes of this user that have the file open, as "name (pid)"."""
    found = []
    for folder in proc.glob("[0-9]*"):
        try:
            opened = {os.readlink(link) for link in (folder / "fd").iterdir()}
            name = (folder / "comm").read_text().strip()
        except OSError:
            continue
        if str(path) in opened and int(folder.name) != os.getpid():
            found.append(f"{name} ({folder.name})")
    return sorted(found)
