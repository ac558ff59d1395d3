"""What `scripts/test-hardware` says when the guest or the host, not a test, is at fault."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.hardware.vm import guest, needs
from tests.hardware.vm.guest import RAN_TOO_LONG, Limits, NoBoot
from tests.hardware.vm.needs import VmError


def test_what_is_missing_is_named_by_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setattr("shutil.which", lambda name, path=None: None if name in ("busybox", "depmod") else name)
    assert needs.missing_packages() == ["busybox-static", "kmod"]
    with pytest.raises(VmError, match="not installed: busybox-static kmod"):
        needs.check()


def test_another_processor_is_told_and_no_package_would_help(monkeypatch: pytest.MonkeyPatch) -> None:
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


@pytest.mark.parametrize("fails", [2, 3])
def test_a_boot_is_tried_three_times(monkeypatch: pytest.MonkeyPatch, fails: int) -> None:
    tries: list[str] = []

    def attempt(_: object, accel: str, *__: object) -> int:
        tries.append(accel)
        if len(tries) <= fails:
            raise NoBoot("the guest did not come up")
        return 0

    monkeypatch.setattr(guest, "_attempt", attempt)
    monkeypatch.setattr(guest, "accelerator", lambda _: "kvm")
    if fails == 2:
        assert guest.run(None, ["true"], Limits(), {}) == 0  # type: ignore[arg-type]
    else:
        with pytest.raises(NoBoot):
            guest.run(None, ["true"], Limits(), {})  # type: ignore[arg-type]
    assert tries == ["kvm", "tcg", "tcg"]
