"""What the host must have to build and boot the guest."""

import platform
import shutil

_PATH = "/usr/sbin:/sbin:/usr/bin:/bin"
_PROGRAMS = {
    "apt-get": "apt",
    "busybox": "busybox-static",
    "cpio": "cpio",
    "depmod": "kmod",
    "dpkg-deb": "dpkg",
    "gcc": "gcc",
    "make": "make",
    "qemu-system-x86_64": "qemu-system-x86",
    "strip": "binutils",
}


class VmError(Exception):
    """The guest cannot be built, booted or followed; nothing is known of the command."""


def program(name: str) -> str:
    """Where a program is, with the folders that only root's PATH has."""
    found = shutil.which(name) or shutil.which(name, path=_PATH)
    if found is None:
        raise VmError(f"{name} is not installed")
    return found


def missing_packages() -> list[str]:
    """Debian packages to install first.

    Raises:
        VmError: None would help on this processor.
    """
    if platform.machine() != "x86_64":
        raise VmError(f"the guest is x86_64 only, this machine is {platform.machine()}")
    return sorted(
        package for name, package in _PROGRAMS.items() if not (shutil.which(name) or shutil.which(name, path=_PATH))
    )


def check() -> None:
    """Refuse a host that cannot do it.

    Raises:
        VmError: With what is missing, by name.
    """
    if missing := missing_packages():
        raise VmError(f"not installed: {' '.join(missing)}")
