"""The guest's kernel and its modules: Debian's own, and v4l2loopback in two versions built for it."""

import lzma
import re
import struct
from dataclasses import dataclass
from pathlib import Path

from tests.hardware.vm.debian import Release, reported
from tests.hardware.vm.needs import VmError, program

# Of 0.12.7 it is known that it opens once per load; 0.15 is after the repair.
DRIVER_RELEASES = ("bookworm", "trixie")
KERNEL_RELEASE = "bookworm"


@dataclass(frozen=True, slots=True)
class Kernel:
    """An unpacked kernel: `root` holds lib/modules, `drivers` v4l2loopback's module by version."""

    release: str
    root: Path
    drivers: dict[str, Path]


def fetch(work: Path) -> Kernel:
    """Download the kernel with its headers, and the drivers; build them.

    Raises:
        VmError: No network, or a driver that does not build.
    """
    known = releases(work)
    debian, root = known[KERNEL_RELEASE], work / "root"
    root.mkdir()
    image = debian.depends("linux-image-amd64", r"linux-image-\S+")
    release = image.removeprefix("linux-image-")
    common = f"linux-headers-{release.removesuffix('-amd64')}-common"
    kbuild = f"linux-kbuild-{'.'.join(release.split('.')[:2])}"
    debian.unpack([image, f"linux-headers-{release}", common, kbuild], root)
    headers = root / "usr/src" / f"linux-headers-{release}"
    # The headers name each other by absolute path.
    makefile = headers / "Makefile"
    makefile.write_text(makefile.read_text().replace("/usr/src/", f"{root}/usr/src/"))
    drivers = dict(_driver(known[name], headers, work / f"driver-{name}") for name in DRIVER_RELEASES)
    reported([program("depmod"), "-b", str(root), release])
    return Kernel(release, root, drivers)


def releases(work: Path) -> dict[str, Release]:
    """Debian's releases that have what the guest is made of."""
    return {name: Release(name, work / name) for name in DRIVER_RELEASES}


def _driver(debian: Release, headers: Path, folder: Path) -> tuple[str, Path]:
    """Version and module of the release's v4l2loopback."""
    version, source = driver_source(debian, folder)
    reported([program("make"), "-C", str(headers), f"M={source}", "modules"])
    return version, source / "v4l2loopback.ko"


def driver_source(debian: Release, folder: Path) -> tuple[str, Path]:
    """Version and source of the release's v4l2loopback, unpacked below `folder`."""
    folder.mkdir()
    debian.unpack(["v4l2loopback-dkms"], folder)
    source = next((folder / "usr/src").glob("v4l2loopback-*"))
    return source.name.removeprefix("v4l2loopback-"), source


def uncompressed(vmlinuz: Path) -> bytes:
    """The ELF kernel inside a boot image: QEMU enters it directly, without BIOS or a slow unpacking in emulation."""
    data = vmlinuz.read_bytes()
    if data[0x202:0x206] != b"HdrS":
        raise VmError(f"{vmlinuz.name} is no x86 boot image")
    offset, length = struct.unpack_from("<II", data, 0x248)
    start = ((data[0x1F1] or 4) + 1) * 512 + offset
    payload = data[start : start + length]
    if not payload.startswith(b"\xfd7zXZ\0"):
        raise VmError(f"{vmlinuz.name} is not packed with xz")
    return lzma.LZMADecompressor().decompress(payload)


def module_files(kernel: Kernel, names: tuple[str, ...]) -> list[Path]:
    """Modules and what they need, in the order in which they load."""
    files: list[Path] = []
    for name in names:
        command = [program("modprobe"), "-d", str(kernel.root), "-S", kernel.release, "-C", "/dev/null"]
        shown = reported([*command, "--show-depends", name])
        for path in map(Path, re.findall(r"^insmod (\S+)", shown, re.MULTILINE)):
            if path not in files:
                files.append(path)
    return files
