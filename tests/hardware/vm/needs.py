"""What the host must have to build and boot the guest."""

import platform
import shutil
from pathlib import Path

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
_NATIVE_PROGRAMS = {"bc": "bc", "bison": "bison", "flex": "flex", "tar": "tar", "xz": "xz-utils"}
_LIBC_HEADER = Path("/usr/include/stdlib.h")


class VmError(Exception):
    """The guest cannot be built, booted or followed; nothing is known of the command."""


class NotFetched(VmError):
    """A package does not come: no network, or none of that name any more."""


def program(name: str) -> str:
    """Where a program is, with the folders that only root's PATH has."""
    found = shutil.which(name) or shutil.which(name, path=_PATH)
    if found is None:
        raise VmError(f"{name} is not installed")
    return found


def missing_packages(native: bool = False) -> list[str]:
    """Debian packages to install first; `native`: also those that build the kernel as a program.

    Raises:
        VmError: None would help on this processor.
    """
    if platform.machine() != "x86_64":
        raise VmError(f"the guest is x86_64 only, this machine is {platform.machine()}")
    programs = _PROGRAMS | (_NATIVE_PROGRAMS if native else {})
    missing = {
        package for name, package in programs.items() if not (shutil.which(name) or shutil.which(name, path=_PATH))
    }
    if native and not _LIBC_HEADER.exists():
        missing.add("libc6-dev")
    return sorted(missing)


def check(native: bool = False) -> None:
    """Refuse a host that cannot do it.

    Raises:
        VmError: With what is missing, by name.
    """
    if missing := missing_packages(native):
        raise VmError(f"not installed: {' '.join(missing)}")
