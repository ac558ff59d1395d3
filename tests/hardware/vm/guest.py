"""One boot: a command runs in the guest, its words come out here, its exit code is returned."""

import os
import select
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from livecam.core.clock import NS_PER_S, SystemClock
from tests.hardware.vm.emulator import accelerator, base_command, kernel_line
from tests.hardware.vm.image import Image
from tests.hardware.vm.needs import VmError

RAN_TOO_LONG = 124
_LOOK_EVERY_S = 0.05


class NoBoot(VmError):
    """The guest did not come up."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a guest may take.

    Attributes:
        silence_s: Between two signs of life, which it gives every 5 seconds; counted while this process runs.
    """

    memory_mb: int = 3072
    cores: int = min(4, os.cpu_count() or 1)
    boot_s: float = 90
    command_s: float = 600
    silence_s: float = 120


def run(image: Image, command: list[str], limits: Limits, environment: dict[str, str]) -> int:
    """Run a command; a boot that fails is tried again twice, then without KVM.

    Returns:
        The command's exit code, or 124 when it ran too long.

    Raises:
        VmError: The guest did not come up, or ended without a word.
    """
    accel = accelerator(image)
    for last in (False, False, True):
        try:
            return _attempt(image, accel, command, limits, environment)
        except NoBoot as error:
            if last:
                raise
            print(f"livecam-vm: {str(error).splitlines()[0]}; trying again, emulated", file=sys.stderr)
            accel = "tcg"
    raise AssertionError


def _attempt(image: Image, accel: str, command: list[str], limits: Limits, environment: dict[str, str]) -> int:
    with tempfile.TemporaryDirectory(prefix="livecam-vm-") as name:
        control = Path(name) / "control"
        control.mkdir()
        _write_command(control, command, environment | {"LIVECAM_VM": accel})
        words, out = os.pipe()
        qemu = [*base_command(image, accel, limits.memory_mb, limits.cores), *_devices(accel, Path(name), out)]
        with (Path(name) / "qemu.log").open("wb") as log:
            process = subprocess.Popen(qemu, stdin=subprocess.DEVNULL, stdout=log, stderr=log, pass_fds=[out])
        os.close(out)
        try:
            return _follow(process, words, control, limits)
        finally:
            process.kill()
            process.wait()
            os.close(words)


def _write_command(control: Path, command: list[str], environment: dict[str, str]) -> None:
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    values = kept | {"TERM": "dumb", "XDG_RUNTIME_DIR": "/run/user/0"} | environment
    line = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in values.items()), *command])
    (control / "command").write_text(f"cd {shlex.quote(str(Path.cwd()))} || exit 125\nexec {line}\n")


def _devices(accel: str, folder: Path, out: int) -> list[str]:
    """Console into a file, the command's words through a port, the host's files and the control folder by 9p."""
    return [
        *("-append", kernel_line(accel), "-serial", f"file:{folder / 'console.log'}"),
        *("-global", "virtio-mmio.force-legacy=false", "-add-fd", f"fd={out},set=1"),
        *("-device", "virtio-serial-device", "-chardev", "file,id=out,path=/dev/fdset/1,append=on"),
        *("-device", "virtserialport,chardev=out,name=livecam.out"),
        *("-fsdev", "local,id=host,path=/,security_model=none,readonly=on,multidevs=remap"),
        *("-device", "virtio-9p-device,fsdev=host,mount_tag=host"),
        *("-fsdev", f"local,id=control,path={folder / 'control'},security_model=none"),
        *("-device", "virtio-9p-device,fsdev=control,mount_tag=control"),
    ]


def _follow(process: subprocess.Popen[bytes], words: int, control: Path, limits: Limits) -> int:
    """Hand on what the command says until the guest is off or out of time."""
    clock, started, pulse = SystemClock(), control / "started", Pulse(control / "alive", limits.silence_s)
    limit_ns = clock.now_ns() + int(limits.boot_s * NS_PER_S)
    booted = False
    while _handed_on(words) or process.poll() is None:
        if not booted and started.exists():
            booted, limit_ns = True, clock.now_ns() + int(limits.command_s * NS_PER_S)
        if booted and pulse.stopped():
            raise VmError(f"the guest stands still\n{_last_words(control.parent)}")
        if clock.now_ns() > limit_ns:
            if booted:
                print(f"livecam-vm: the command ran past {limits.command_s:g} s", file=sys.stderr)
                return RAN_TOO_LONG
            raise NoBoot(f"the guest did not come up in {limits.boot_s:g} s\n{_last_words(control.parent)}")
    if not started.exists():
        raise NoBoot(f"the guest did not come up\n{_last_words(control.parent)}")
    if not (control / "code").exists():
        raise VmError(f"the guest ended without an exit code\n{_last_words(control.parent)}")
    return int((control / "code").read_text())


class Pulse:
    """A guest's signs of life: a file that it writes every few seconds."""

    def __init__(self, sign: Path, silence_s: float) -> None:
        self._sign, self._most_looks = sign, silence_s / _LOOK_EVERY_S
        self._last, self._looks = "", 0

    def stopped(self) -> bool:
        """Whether there was none in so many looks; looks and not seconds, since this process may be stopped too."""
        sign = self._sign.read_text() if self._sign.exists() else ""
        self._looks = self._looks + 1 if sign == self._last else 0
        self._last = sign
        return self._looks > self._most_looks


def _handed_on(words: int) -> bool:
    """Pass on what has come; False when nothing has."""
    if not select.select([words], [], [], _LOOK_EVERY_S)[0]:
        return False
    said = os.read(words, 65536)
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
    return bool(said)


def _last_words(folder: Path) -> str:
    logs = (folder / "control/fatal", folder / "qemu.log", folder / "console.log")
    return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())
