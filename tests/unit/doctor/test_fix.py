import sys

import pytest

from livecam.core.finding import Finding, Health
from livecam.doctor.fix import add_sudo, list_commands, run_fixes

PIP = f"{sys.executable} -m pip install av"
LOAD = "sudo apt install v4l2loopback-dkms && sudo modprobe v4l2loopback"
FINDINGS = [
    Finding("cores", Health.OK, "2"),
    Finding("sound", Health.NOTE, "none", "sudo apt install libportaudio2"),
    Finding("av", Health.FAIL, "not installed", PIP),
    Finding("virtual camera", Health.FAIL, "none", LOAD),
    Finding("another", Health.FAIL, "none", LOAD),
    Finding("OBS", Health.FAIL, "not here", "install https://obsproject.com"),
]


def test_only_failures_are_fixed_each_command_once_and_no_advice_is_run() -> None:
    assert list_commands(FINDINGS) == [PIP, LOAD]


@pytest.mark.parametrize(
    ("root", "terminal", "command"),
    [
        (True, False, "apt install v4l2loopback-dkms && modprobe v4l2loopback"),
        (False, True, LOAD),
        (False, False, "sudo -n apt install v4l2loopback-dkms && sudo -n modprobe v4l2loopback"),
    ],
)
def test_root_needs_no_sudo_and_without_a_terminal_nothing_is_asked(root: bool, terminal: bool, command: str) -> None:
    assert add_sudo(LOAD, root=root, terminal=terminal) == command


def test_a_user_without_sudo_is_given_the_way_by_su() -> None:
    command = add_sudo("sudo apt install a && sudo modprobe b", root=False, terminal=True, has_sudo=False)
    assert command == "su -c 'apt install a && modprobe b'"
    assert add_sudo(PIP, root=False, terminal=True, has_sudo=False) == PIP


def test_each_command_is_shown_before_it_runs_and_its_code_is_kept() -> None:
    steps: list[str] = []

    def run(command: str) -> int:
        steps.append(f"ran {command}")
        return 7

    fixed = run_fixes(FINDINGS[:3], steps.append, run)
    assert steps == [f"$ {PIP}", f"ran {PIP}"]
    assert [(m.command, m.code) for m in fixed] == [(PIP, 7)]


def test_commands_run_in_a_shell_and_leave_the_report_its_own_output(capfd: pytest.CaptureFixture[str]) -> None:
    command = f"{sys.executable} -m pip --version >/dev/null && echo out && exit 3"
    (fixed,) = run_fixes([Finding("x", Health.FAIL, "", command)], lambda _: None)
    assert fixed.code == 3
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "out\n")
