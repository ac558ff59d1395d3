"""QEMU's command line for the guest, with KVM where that really boots."""

import ctypes
import json
import mmap
import os
import platform
import subprocess
from pathlib import Path

from livecam.core.clock import NS_PER_MS, SystemClock
from tests.hardware.vm.image import Image
from tests.hardware.vm.needs import program
from tests.hardware.vm.way import Limits, Way

_KVM = "/dev/kvm"
_TRIAL_S = 15
# Without tsc=reliable an emulated guest falls back to a clock of 4 ms.
_KERNEL_LINE = (
    "console=ttyS0 quiet loglevel=4 panic=-1 mitigations=off random.trust_cpu=on audit=0 tsc=reliable rdinit=/init"
)


def has_kvm(image: Image) -> bool:
    """A /dev/kvm may be there and not boot a guest, as on nested hosts; tried once and remembered."""
    if not os.access(_KVM, os.R_OK | os.W_OK):
        return False
    memory = image.folder / "kvm.json"
    here = f"{platform.release()} {image.kernel}"
    if memory.exists() and json.loads(memory.read_text())["host"] == here:
        return bool(json.loads(memory.read_text())["boots"])
    boots = _boots_by_kvm(image)
    memory.write_text(json.dumps({"host": here, "boots": boots}))
    return boots


def way(image: Image, accel: str) -> Way:
    """Run the image in QEMU; by "kvm", or emulated, "tcg"."""

    def command(limits: Limits, folder: Path, out: int) -> list[str]:
        return [*_machine(image, accel, limits.memory_mb, limits.cores), *_devices(accel, folder, out)]

    return Way(accel, command)


def _boots_by_kvm(image: Image) -> bool:
    """Whether a guest without an init comes as far as missing it."""
    line = ("-append", "console=ttyS0 panic=-1 rdinit=/none", "-serial", "stdio")
    into = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    try:
        said = subprocess.run([*_machine(image, "kvm", 256, 1), *line], **into, timeout=_TRIAL_S, check=False).stdout
    except subprocess.TimeoutExpired:
        return False
    return b"Linux version" in said and b"Kernel panic" in said


def _machine(image: Image, accel: str, memory_mb: int, cores: int) -> list[str]:
    """Machine, processor, memory, kernel."""
    return [
        program("qemu-system-x86_64"),
        *("-machine", "microvm,acpi=on,rtc=on"),
        *("-accel", "tcg,thread=multi,tb-size=512" if accel == "tcg" else "kvm"),
        *("-cpu", "max" if accel == "tcg" else "host"),
        *("-m", str(memory_mb), "-smp", str(cores)),
        *("-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"),
        *("-kernel", str(image.folder / "vmlinux"), "-initrd", str(image.folder / "initramfs.gz")),
    ]


def _devices(accel: str, folder: Path, out: int) -> list[str]:
    """Console, the command's words through a port, the host's files and the control folder by 9p."""
    return [
        *("-append", _kernel_line(accel), "-serial", "stdio"),
        *("-global", "virtio-mmio.force-legacy=false", "-add-fd", f"fd={out},set=1"),
        *("-device", "virtio-serial-device", "-chardev", "file,id=out,path=/dev/fdset/1,append=on"),
        *("-device", "virtserialport,chardev=out,name=livecam.out"),
        *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-device,fsdev=host,mount_tag=host"),
        *("-fsdev", f"local,id=control,path={folder / 'control'},security_model=none"),
        *("-device", "virtio-9p-device,fsdev=control,mount_tag=control"),
    ]


def _kernel_line(accel: str) -> str:
    """The kernel's parameters. An emulated guest may fail to calibrate the host's counter, so they state it."""
    rate_khz = _counter_khz() if accel == "tcg" else 0
    return f"{_KERNEL_LINE} tsc_early_khz={rate_khz}" if rate_khz else _KERNEL_LINE


def _counter_khz() -> int:
    """Rate of the host's time-stamp counter, read by ten bytes of machine code; 0 where that is forbidden."""
    read_counter = b"\x0f\x31\x48\xc1\xe2\x20\x48\x09\xd0\xc3"  # rdtsc; shl rdx, 32; or rax, rdx; ret
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    except OSError:
        return 0
    page.write(read_counter)
    counter = ctypes.CFUNCTYPE(ctypes.c_uint64)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
    clock = SystemClock()
    begin_ns, begin = clock.now_ns(), counter()
    clock.sleep_until_ns(begin_ns + 100 * NS_PER_MS)
    end_ns, end = clock.now_ns(), counter()
    return (end - begin) * NS_PER_MS // (end_ns - begin_ns)
