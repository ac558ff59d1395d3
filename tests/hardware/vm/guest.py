"""One boot: a command runs in the guest, its words come out here, its exit code is returned."""

import os
import select
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from livecam.core.clock import NS_PER_S, SystemClock
from tests.hardware.vm.needs import VmError
from tests.hardware.vm.way import Limits, Way

RAN_TOO_LONG = 124
_CONSOLE = "console.log"
_LOOK_EVERY_S = 0.05
_LAST_LINES = 12


class NoBoot(VmError):
    """The guest did not come up."""


def run(
    ways: Sequence[Way], command: list[str], limits: Limits, environment: dict[str, str], out: Path | None = None
) -> int:
    """Run a command; a boot that fails is tried again twice, the second and third time by the last of the ways.

    So is a guest that dies on the way, where another way is left.

    Files that the command leaves in the guest's /run/livecam-vm/out come into the folder `out`.

    Returns:
        The command's exit code, or 124 when it ran too long.

    Raises:
        VmError: The guest did not come up, or ended without a word.
    """
    for way in (ways[0], ways[-1]):
        try:
            return _attempt(way, command, limits, environment, out)
        except VmError as error:
            if way is ways[-1] and not isinstance(error, NoBoot):
                raise
            print(f"livecam-vm: {_in_short(error)}\nlivecam-vm: trying again, {ways[-1].name}", file=sys.stderr)
    return _attempt(ways[-1], command, limits, environment, out)


def _in_short(error: VmError) -> str:
    """What failed, and the last that the guest said."""
    what, *words = str(error).splitlines()
    said = [f"    {word.rstrip()}" for word in words if word.strip()][-_LAST_LINES:]
    return "\n".join([f"{what}; its last words:" if said else what, *said])


def _attempt(way: Way, command: list[str], limits: Limits, environment: dict[str, str], out_folder: Path | None) -> int:
    with tempfile.TemporaryDirectory(prefix="livecam-vm-") as name:
        control = Path(name) / "control"
        (control / "out").mkdir(parents=True)
        _write_command(control, command, environment | {"LIVECAM_VM": way.name})
        words, out = os.pipe()
        with (Path(name) / _CONSOLE).open("wb") as log:
            process = subprocess.Popen(
                way.command(limits, Path(name), out),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=[out],
                start_new_session=True,
            )
        os.close(out)
        try:
            return _follow(process, words, control, limits)
        finally:
            with suppress(ProcessLookupError):  # it ended by itself, with all of its own
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(words)
            if out_folder is not None:
                shutil.copytree(control / "out", out_folder, dirs_exist_ok=True)


def _write_command(control: Path, command: list[str], environment: dict[str, str]) -> None:
    kept = {name: os.environ[name] for name in ("HOME", "PATH", "LANG") if name in os.environ}
    values = kept | {"TERM": "dumb", "XDG_RUNTIME_DIR": "/run/user/0"} | environment
    line = shlex.join(["env", "-i", *(f"{name}={value}" for name, value in values.items()), *command])
    (control / "command").write_text(f"cd {shlex.quote(str(Path.cwd()))} || exit 125\nexec {line}\n")


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
    if not said:  # it has hung up and is on its way down
        SystemClock().sleep_until_ns(SystemClock().now_ns() + int(_LOOK_EVERY_S * NS_PER_S))
    sys.stdout.buffer.write(said)
    sys.stdout.buffer.flush()
    return bool(said)


def _last_words(folder: Path) -> str:
    logs = (folder / "control/fatal", folder / _CONSOLE)
    return "\n".join(log.read_text(errors="replace")[-2000:] for log in logs if log.exists())
