"""What to type to get a virtual camera on this system."""

import os
import sys
from pathlib import Path

LOAD_MODULE = "sudo modprobe v4l2loopback exclusive_caps=1 video_nr=10 card_label=livecam"
_INSTALL = {
    "debian": 'sudo apt install v4l2loopback-dkms "linux-headers-$(uname -r)"',
    "fedora": "sudo dnf install akmod-v4l2loopback   # from RPM Fusion",
    "arch": "sudo pacman -S v4l2loopback-dkms",
    "suse": "sudo zypper install v4l2loopback-kmp-default",
}


def setup_hint(root: Path = Path("/")) -> str:
    """The command or step that makes a virtual camera; `root` holds etc, lib and sys."""
    if sys.platform == "darwin":
        return "install OBS 30 or newer (https://obsproject.com), start and stop its virtual camera once"
    if sys.platform == "win32":
        return "install OBS (https://obsproject.com), which brings the virtual camera"
    if (root / "sys/module/v4l2loopback").exists():
        return f"sudo modprobe -r v4l2loopback && {LOAD_MODULE}"
    if module_installed(root):
        return LOAD_MODULE
    return f"{install_command(root)} && {LOAD_MODULE}"


def module_installed(root: Path = Path("/")) -> bool:
    """Whether the running kernel has v4l2loopback on disk."""
    modules = root / "lib/modules" / os.uname().release
    return any(modules.rglob("v4l2loopback.ko*"))


def install_command(root: Path = Path("/")) -> str:
    """The package manager's command for the module, by /etc/os-release."""
    try:
        lines = (root / "etc/os-release").read_text().splitlines()
    except OSError:
        lines = []
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    family = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "")
    known = (command for name, command in _INSTALL.items() if name in family)
    return next(known, "install v4l2loopback (https://github.com/v4l2loopback/v4l2loopback)")
