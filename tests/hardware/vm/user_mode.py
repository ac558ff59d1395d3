"""A guest that computes as fast as the host without KVM: the kernel built as an ordinary program (User-Mode Linux).

It has one processor. Page faults and system calls cost it more than usual; arithmetic costs nothing more.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tests.hardware.vm.debian import Release, reported
from tests.hardware.vm.image import Image, build, kept
from tests.hardware.vm.kernel import DRIVER_RELEASES, KERNEL_RELEASE, Kernel, driver_source, releases
from tests.hardware.vm.needs import VmError, check, program
from tests.hardware.vm.way import Limits, Way

EXECUTABLE = "linux"
CONFIG = Path(__file__).with_name("user_mode.config")
_RECIPE = ("init", "image.py", "kernel.py", "user_mode.py", CONFIG.name)
_MAKE = ("make", "-s", "ARCH=um")
_NOT_NEEDED = (
    "*/drivers/gpu/*.[ch]",
    "*/drivers/net/*/*.[ch]",
    "*/drivers/staging/*.[ch]",
    "*/sound/*.[ch]",
    "*/arch/[a-t]*/*.[chS]",
    "*/Documentation/*.rst",
    "*/Documentation/devicetree/*",
    "*/tools/perf/*",
    "*/tools/testing/*",
    "*.dts*",
)
_CHANGES = {
    "arch/um/os-Linux/skas/process.c": {
        # Guest programs are traced processes. Were the tracer killed, they would go on as programs of the host.
        "PTRACE_O_TRACESYSGOOD)": "(PTRACE_O_TRACESYSGOOD | 0x100000))",
        # Whoever stops this machine's processes for a while stops these too; it is no end of the guest.
        "(1 << SIGWINCH))": "(1 << SIGWINCH) | (1 << SIGSTOP) | (1 << SIGCONT))",
        "\t\t\tcase SIGALRM:\n": "\t\t\tcase SIGSTOP:\n\t\t\tcase SIGCONT:\n\t\t\tcase SIGALRM:\n",
    },
    # Room for the floating-point state of a processor with AMX, 11,008 bytes: ptrace(2) takes it whole or not at all.
    # It also is on kernel stacks: see CONFIG_KERNEL_STACK_ORDER.
    "arch/x86/um/user-offsets.c": {"(HOST_FP_SIZE, 2696)": "(HOST_FP_SIZE, 16384)"},
}


def fetch(work: Path) -> Kernel:
    """Download Debian's kernel source, build it as a program, and the drivers for it: minutes.

    Raises:
        VmError: No network, or something that does not build.
    """
    known = releases(work)
    source = _source(known[KERNEL_RELEASE], work)
    make = [program(_MAKE[0]), *_MAKE[1:], "-C", str(source)]
    reported([*make, f"KCONFIG_ALLCONFIG={CONFIG}", "allnoconfig"])
    _check_config(source / ".config")
    reported([*make, f"-j{(os.cpu_count() or 1) + 1}", EXECUTABLE, "modules"])
    drivers = {}
    for name in DRIVER_RELEASES:
        version, folder = driver_source(known[name], work / f"driver-{name}")
        reported([*make, f"M={folder}", "modules"])
        drivers[version] = folder / "v4l2loopback.ko"
    root = work / "root"
    reported([*make, f"INSTALL_MOD_PATH={root}", "modules_install"])
    (release_folder,) = (root / "lib/modules").iterdir()
    shutil.copy(source / EXECUTABLE, root / EXECUTABLE)
    return Kernel(release_folder.name, root, drivers)


def _source(debian: Release, work: Path) -> Path:
    package = debian.depends("linux-source", r"linux-source-\S+")
    debian.unpack([package], work / "source")
    (packed,) = (work / "source/usr/src").glob("linux-source-*.tar.xz")
    left_out = [f"--exclude={pattern}" for pattern in _NOT_NEEDED]
    reported([program("tar"), "-C", str(work), "-xf", str(packed), *left_out])
    source = work / packed.name.removesuffix(".tar.xz")
    for name, changes in _CHANGES.items():
        _change(source / name, changes)
    return source


def _change(file: Path, changes: Mapping[str, str]) -> None:
    text = file.read_text()
    for old, new in changes.items():
        if old not in text:
            raise VmError(f"{file} is not as expected: it has no {old.strip()}")
        text = text.replace(old, new)
    file.write_text(text)


def _check_config(made: Path) -> None:
    """Whatever depends on something that is off is silently left out."""
    lines = set(made.read_text().splitlines())
    wanted = [line for line in CONFIG.read_text().splitlines() if line.startswith("CONFIG_")]
    if left_out := [line for line in wanted if line not in lines]:
        raise VmError(f"the kernel of {made.parent.name} has no {' '.join(left_out)}")


def image(folder: Path) -> Image | None:
    """The image in `folder`, if it was built."""
    return kept(folder, _RECIPE)


def build_image(folder: Path) -> Image:
    """The image in `folder`, built if it is not there: minutes.

    Raises:
        VmError: The host lacks something, or a package cannot be fetched or built.
    """
    check(native=True)
    return build(folder, _RECIPE, fetch, (), lambda kernel: _keep(kernel, folder))


def _keep(kernel: Kernel, folder: Path) -> None:
    shutil.copy(kernel.root / EXECUTABLE, folder / EXECUTABLE)
    reported([program("strip"), str(folder / EXECUTABLE)])


def way(image: Image) -> Way:
    """Run the image's kernel as a process of this machine."""

    def command(limits: Limits, folder: Path, out: int) -> list[str]:
        return [
            *("env", f"TMPDIR={_memory_folder(limits.memory_mb, folder)}"),
            *(str(image.folder / EXECUTABLE), f"mem={limits.memory_mb}M"),
            *(f"initrd={image.folder / 'initramfs.gz'}", "rdinit=/init", "quiet", "loglevel=4"),
            *("con=null", "con0=null,fd:1", f"con1=null,fd:{out}", "console=tty0"),
            f"livecam_control={folder / 'control'}",
        ]

    return Way("uml", command)


def _memory_folder(memory_mb: int, otherwise: Path) -> Path:
    """Where the guest's memory is a file: in memory, where there is enough of it."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > memory_mb * 2**20 else otherwise
