"""What `scripts/test-hardware` says when the guest or the host, not a test, is at fault."""

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.hardware import conftest as hardware
from tests.hardware.vm import __main__ as command_line
from tests.hardware.vm import debian, guest, needs, user_mode
from tests.hardware.vm.guest import RAN_TOO_LONG, NoBoot
from tests.hardware.vm.needs import NotFetched, VmError
from tests.hardware.vm.way import Limits, Way


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name in ("busybox", "depmod") else name)
    assert needs.missing_packages() == ["busybox-static", "kmod"]
    with pytest.raises(VmError, match="not installed: busybox-static kmod"):
        needs.check()


def test_another_processor_is_reported_and_no_package_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    with pytest.raises(VmError, match="x86_64 only, this machine is aarch64"):
        needs.missing_packages()


def follow(script: str, folder: Path, limits: Limits) -> int:
    """A shell in place of QEMU: `VOICE` is where the guest speaks."""
    control = folder / "control"
    control.mkdir()
    words, out = os.pipe()
    process = subprocess.Popen(["sh", "-c", script.replace("VOICE", f"/dev/fd/{out}")], pass_fds=[out], cwd=control)
    os.close(out)
    try:
        return guest._follow(process, words, control, limits)
    finally:
        process.kill()
        process.wait()
        os.close(words)


def test_the_commands_words_and_code_come_out(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert follow("echo 1 >started; echo spoken >VOICE; echo 3 >code", tmp_path, Limits()) == 3
    assert b"spoken\n" in capfdbinary.readouterr().out


def test_a_guest_that_takes_its_time_to_go_off_is_waited_for(tmp_path: Path) -> None:
    hangs_up = "import os, time; os.closerange(3, 256); time.sleep(0.5)"
    script = f"echo 1 >started; echo 3 >code; exec {sys.executable} -S -c '{hangs_up}'"
    assert follow(script, tmp_path, Limits(silence_s=30)) == 3


def test_a_guest_that_does_not_come_up_is_no_failed_test(tmp_path: Path) -> None:
    with pytest.raises(NoBoot, match="did not come up"):
        follow("exit 1", tmp_path, Limits())


def test_a_guest_that_hangs_on_its_way_up_is_no_failed_test(tmp_path: Path) -> None:
    with pytest.raises(NoBoot, match=r"in 0\.2 s"):
        follow("exec sleep 60", tmp_path, Limits(boot_s=0.2))


def test_a_guest_that_dies_without_a_code_is_no_failed_test(tmp_path: Path) -> None:
    with pytest.raises(VmError, match="without an exit code"):
        follow("echo 1 >started", tmp_path, Limits())


def test_a_guest_that_stands_still_is_no_failed_test(tmp_path: Path) -> None:
    with pytest.raises(VmError, match="stands still"):
        follow("echo 1 >started; echo 7 >alive; exec sleep 60", tmp_path, Limits(silence_s=0.3))


def test_a_command_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    assert follow("echo 1 >started; exec sleep 60", tmp_path, Limits(command_s=0.3)) == RAN_TOO_LONG


def test_what_builds_a_kernel_as_a_program_is_asked_for_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name == "flex" else name)
    monkeypatch.setattr(needs, "_LIBC_HEADER", Path("/nowhere"))
    assert needs.missing_packages() == []
    assert needs.missing_packages(native=True) == ["flex", "libc6-dev"]


def test_a_kernel_without_a_requirement_is_reported(tmp_path: Path) -> None:
    wanted = [line for line in user_mode.CONFIG.read_text().splitlines() if line.startswith("CONFIG_")]
    made = tmp_path / ".config"
    made.write_text("\n".join(wanted))
    user_mode._check_config(made)
    made.write_text("\n".join(wanted[1:]))
    with pytest.raises(VmError, match="has no CONFIG_64BIT=y"):
        user_mode._check_config(made)


def test_a_source_in_which_there_is_nothing_to_change_is_reported(tmp_path: Path) -> None:
    for name, changes in user_mode._CHANGES.items():
        source = tmp_path / Path(name).name
        source.write_text("".join(changes))
        user_mode._change(source, changes)
        assert all(new in source.read_text() for new in changes.values())
        source.write_text("int main;")
        with pytest.raises(VmError, match="is not as expected"):
            user_mode._change(source, changes)


def test_the_state_of_a_processor_with_amx_fits_the_signal_stack() -> None:
    (change,) = user_mode._CHANGES["arch/x86/um/user-offsets.c"].values()
    (room,) = map(int, re.findall(r"\d{4,}", change))
    (order,) = map(int, re.findall(r"^CONFIG_KERNEL_STACK_ORDER=(\d+)$", user_mode.CONFIG.read_text(), re.MULTILINE))
    assert room >= 11008  # XSAVE of Sapphire Rapids: 2,696 bytes and the tiles
    # One is at the end of the stack (thread_info), and two signal handlers may each have one on it.
    assert 3 * room <= 0.8 * (4096 << order)


def test_of_a_guest_that_failed_the_last_words_are_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    words = "\n".join([*map(str, range(100)), "userspace - ptrace set fp regs failed, errno = 14", "", "Kernel panic"])

    def attempt(way: Way, *_: object) -> int:
        if way.name == "uml":
            raise NoBoot(f"the guest did not come up\n{words}")
        return 0

    monkeypatch.setattr(guest, "_attempt", attempt)
    assert guest.run([Way("uml", lambda *_: []), Way("tcg", lambda *_: [])], ["true"], Limits(), {}) == 0
    said = capsys.readouterr().err
    assert "did not come up; its last words:" in said and "trying again, tcg" in said
    assert "ptrace set fp regs failed, errno = 14" in said and "Kernel panic" in said
    assert len(said.splitlines()) < 20


def test_every_test_that_is_left_out_is_named() -> None:
    def skipped(name: str, reason: str) -> SimpleNamespace:
        return SimpleNamespace(nodeid=f"tests/hardware/{name}", longrepr=("conftest.py", 9, f"Skipped: {reason}"))

    reports = [skipped("b", "NOT RUN: the guest is emulated"), skipped("a", "NOT RUN: x"), skipped("c", "no camera")]
    lines: list[str] = []
    reporter = SimpleNamespace(stats={"skipped": reports}, write_line=lines.append)
    hardware.pytest_terminal_summary(reporter)  # type: ignore[arg-type]
    assert lines == ["NOT RUN: tests/hardware/a", "NOT RUN: tests/hardware/b"]


@pytest.mark.parametrize("fails", [0, 1, 2, 3])
def test_a_boot_is_tried_three_times(monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
    tries: list[str] = []

    def attempt(way: Way, *_: object) -> int:
        tries.append(way.name)
        if len(tries) <= fails:
            raise NoBoot("the guest did not come up")
        return 0

    monkeypatch.setattr(guest, "_attempt", attempt)
    ways = [Way("uml", lambda *_: []), Way("tcg", lambda *_: [])]
    if fails < 3:
        assert guest.run(ways, ["true"], Limits(), {}) == 0
    else:
        with pytest.raises(NoBoot):
            guest.run(ways, ["true"], Limits(), {})
    assert tries == ["uml", "tcg", "tcg"][: fails + 1]


def test_a_guest_that_dies_on_the_way_is_tried_once_more_another_way(monkeypatch: pytest.MonkeyPatch) -> None:
    tries: list[str] = []

    def attempt(way: Way, *_: object) -> int:
        tries.append(way.name)
        raise VmError("the guest ended without an exit code")

    monkeypatch.setattr(guest, "_attempt", attempt)
    for names, tried in ((("uml", "tcg"), ["uml", "tcg"]), (("tcg",), ["tcg"])):
        tries.clear()
        with pytest.raises(VmError, match="without an exit code"):
            guest.run([Way(name, lambda *_: []) for name in names], ["true"], Limits(), {})
        assert tries == tried


def test_a_missing_package_is_distinguished_from_a_failed_build(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def no_network(command: list[str], cwd: Path | None = None) -> str:
        raise VmError("apt-get failed (100): Could not resolve")

    monkeypatch.setattr(debian, "reported", no_network)
    monkeypatch.setattr("sys.argv", ["vm", "build"])
    for error, code in ((None, 69), (VmError("make failed (2)"), 125)):

        def image(folder: Path, error: VmError | None = error) -> None:
            if error is not None:
                raise error
            debian.Release("bookworm", tmp_path)

        monkeypatch.setattr(command_line, "image", image)
        assert command_line.main() == code
    with pytest.raises(NotFetched, match="Debian bookworm: apt-get failed"):
        debian.Release("bookworm", tmp_path)


def test_a_command_runs_and_its_way_is_reported(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    def here(limits: Limits, folder: Path, out: int) -> list[str]:
        """No kernel: the command runs on this machine."""
        script = f"cd {folder}/control; echo 1 >started; sh ./command >/dev/fd/{out}; echo $? >code"
        return ["sh", "-c", script]

    assert guest.run([Way("here", here)], ["sh", "-c", "echo $LIVECAM_VM; exit 4"], Limits(), {}) == 4
    assert capfdbinary.readouterr().out == b"here\n"
