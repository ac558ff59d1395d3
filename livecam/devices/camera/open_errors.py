"""Explain why a camera does not open, with advice."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from livecam.core.errors import CameraError, remedy
from livecam.devices.camera.listing import Camera, list_cameras

GROUP_COMMAND = 'sudo usermod -aG video "$USER"   # then log in again'
"""Advice that opens the video devices of Linux to this user."""
SOME = "livecam devices"
"""Advice where there are other cameras."""
NONE = "livecam run --camera sample --persona robin, or plug a camera in"
"""Advice where there is no camera."""


def diagnose(
    camera: Camera, *, proc: Path = Path("/proc"), cameras: Callable[[], tuple[Camera, ...]] | None = None
) -> CameraError:
    """Return the likely cause, by the device file and the processes that hold it."""
    if sys.platform == "darwin":
        allow = "allow it: System Settings > Privacy & Security > Camera; the list: livecam devices"
        return CameraError(f"camera {camera.index} did not open", **remedy(allow))
    if camera.path is None:
        return CameraError(f"camera {camera.index} did not open", command=SOME)
    hint = SOME if (cameras or list_cameras)() else NONE
    if not camera.path.exists():
        return CameraError(f"there is no camera {camera.index}", **remedy(hint))
    if not os.access(camera.path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        return CameraError(f"{camera.path} may not be opened by this user", command=GROUP_COMMAND)
    holders = ", ".join(find_holders(camera.path, proc))
    if holders:
        return CameraError(
            f"{camera.name} is in use by {holders}", advice=f"close that program, or choose another: {SOME}"
        )
    return CameraError(f"{camera.name} ({camera.path}) delivers no picture", **remedy(hint))


def find_holders(path: Path, proc: Path = Path("/proc")) -> list[str]:
    """Return other processes of this user that have the file open, as "name (pid)"."""
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
