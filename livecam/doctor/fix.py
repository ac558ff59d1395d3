"""Run the commands that the doctor's findings carry, as far as they are commands."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from livecam.core.finding import Finding, Health

_SUDO = "sudo "


@dataclass(frozen=True, slots=True)
class FixResult:
    """A command that was run, and its exit code."""

    command: str
    code: int


def list_commands(findings: Iterable[Finding]) -> list[str]:
    """Return the commands that fix the failures, each once.

    Package manager, modules, pip. Advice for people is left out.
    """
    starts = (_SUDO, f"{sys.executable} -m pip ")
    found = (f.fix for f in findings if f.health is Health.FAIL and f.fix.startswith(starts))
    return list(dict.fromkeys(found))


def add_sudo(command: str, *, root: bool, terminal: bool, has_sudo: bool = True) -> str:
    """Return the command as this user can type it.

    Root needs no sudo, and without a terminal sudo must not ask. A user without sudo becomes root by `su`.
    """
    if root or _SUDO not in command:
        return command.replace(_SUDO, "")
    if not has_sudo:
        return f"su -c {shlex.quote(command.replace(_SUDO, ''))}"
    return command.replace(_SUDO, _SUDO if terminal else f"{_SUDO}-n ")


def show_command(command: str) -> str:
    """Return a command to show, as the user at this terminal can type it."""
    return add_sudo(command, root=_is_root(), terminal=True, has_sudo=_has_sudo())


def run_fixes(
    findings: Iterable[Finding], tell: Callable[[str], None], run: Callable[[str], int] | None = None
) -> list[FixResult]:
    """Run every command in turn; `tell` receives each before it runs.

    Args:
        findings: What the doctor found.
        tell: Is given each command.
        run: Runs one and returns its exit code; the shell by default, its words where ours go.
    """
    run = run or _shell
    results = []
    for command in list_commands(findings):
        shown = add_sudo(command, root=_is_root(), terminal=sys.stdin.isatty(), has_sudo=_has_sudo())
        tell(f"$ {shown}")
        results.append(FixResult(shown, run(shown)))
    return results


def _shell(command: str) -> int:
    return subprocess.run(command, shell=True, check=False, stdout=sys.stderr).returncode


def _has_sudo() -> bool:
    return shutil.which("sudo") is not None


def _is_root() -> bool:
    return sys.platform != "win32" and os.geteuid() == 0
