"""Commands that set up a virtual camera on this system."""

import os
import sys
from pathlib import Path

from livecam.devices.packages import find_install_command

NODE = "livecam"
"""Name of livecam's camera on PipeWire."""
LOAD_MODULE = "sudo modprobe v4l2loopback exclusive_caps=1 video_nr=10 card_label=livecam"
RELOAD_MODULE = f"sudo modprobe -r v4l2loopback && {LOAD_MODULE}"


def setup_hint(root: Path = Path("/")) -> str:
    """Return the command or step that makes a virtual camera.

    `root` has the folders etc, lib and sys.
    """
    if sys.platform == "darwin":
        return "install OBS 30 or newer (https://obsproject.com), start and stop its virtual camera once"
    if sys.platform == "win32":
        return "install OBS (https://obsproject.com), which brings the virtual camera"
    if (root / "sys/module/v4l2loopback").exists():
        return RELOAD_MODULE
    if is_module_installed(root):
        return LOAD_MODULE
    where = "" if (root / "lib/modules" / os.uname().release).is_dir() else "   # in a container: on its host"
    return f"{find_install_command('v4l2loopback', root)} && {LOAD_MODULE}{where}"


def is_module_installed(root: Path = Path("/")) -> bool:
    """Whether the running kernel has v4l2loopback on disk."""
    modules = root / "lib/modules" / os.uname().release
    return any(modules.rglob("v4l2loopback.ko*"))
