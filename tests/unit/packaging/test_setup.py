"""What scripts/setup says and chooses, on machines made of programs in a folder. Nothing is installed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TOOLS = (
    *("bash", "cat", "dirname", "env", "find", "grep", "head", "id", "awk", "df", "ln", "mkdir", "readlink", "rm"),
    *("sed", "sort", "tail", "tee", "touch", "tr", "uname"),
)

pytestmark = pytest.mark.skipif(sys.platform == "win32" or shutil.which("bash") is None, reason="bash is not here")


@pytest.fixture
def machine(tmp_path):
    """A checkout with the scripts alone, and a path with plain tools and what a test adds."""
    checkout, path = tmp_path / "livecam", tmp_path / "bin"
    path.mkdir()
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    shutil.copytree(ROOT / "constraints", checkout / "constraints")
    shutil.copy(ROOT / "pyproject.toml", checkout)
    for name in TOOLS:
        if found := shutil.which(name):
            path.joinpath(name).symlink_to(found)
    program(path / "ldconfig", "exit 0")  # a system without PortAudio
    return Machine(checkout, path, tmp_path / "home")


class Machine:
    """A checkout, a folder of programs and a home."""

    def __init__(self, checkout: Path, path: Path, home: Path) -> None:
        self.checkout, self.path, self.home = checkout, path, home

    def has(self, name: str, body: str) -> None:
        self.path.joinpath(name).unlink(missing_ok=True)
        program(self.path / name, body)

    def is_user(self, number: int, groups: str = "people") -> None:
        self.has("id", f'case "$1" in -u) echo {number};; -nG) echo {groups};; *) echo someone;; esac')

    def run(self, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        known = {"PATH": str(self.path), "HOME": str(self.home), **environ}
        return subprocess.run(words, cwd=self.checkout, env=known, capture_output=True, text=True)

    def setup(self) -> subprocess.CompletedProcess[str]:
        return self.run("bash", "scripts/setup")


def program(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!{shutil.which('bash')}\n{body}\n")
    path.chmod(0o755)


def python(version: str, *, bare: bool = False) -> str:
    """A Python that answers what usable_python asks, and cannot find PortAudio."""
    return f'case "$2" in *sysconfig*) echo {version}{" bare" if bare else ""};; *) exit 1;; esac'


COMMANDS = [
    (0, "root", None, "run: apt-get install python3 python3-venv libportaudio2"),
    (1000, "people sudo", "exit 1", "run: sudo apt-get install python3 python3-venv libportaudio2"),
    (1000, "people", "exit 1", "run: su -c 'apt-get install python3 python3-venv libportaudio2'"),
    (1000, "people", None, "run: su -c 'apt-get install python3 python3-venv libportaudio2'"),
]


@pytest.mark.parametrize(("number", "groups", "sudo", "command"), COMMANDS)
def test_everything_missing_is_named_with_the_command_for_this_user(machine, number, groups, sudo, command):
    machine.is_user(number, groups)
    machine.has("apt-get", "exit 100")
    if sudo:
        machine.has("sudo", sudo)
    done = machine.setup()
    assert done.returncode == 3
    assert "missing on this machine: python3 python3-venv libportaudio2" in done.stderr
    assert command in done.stderr.splitlines()
    assert not (machine.checkout / ".venv").exists()


def test_the_choice_not_to_be_asked_survives_sudo(machine):
    machine.is_user(1000, "people sudo")
    machine.has("sudo", '[ "$1" = -n ] && exit 0; unset DEBIAN_FRONTEND; exec "$@"')
    machine.has("apt-get", f'echo "$DEBIAN_FRONTEND $*" >>{machine.home}.log')
    machine.setup()
    said = Path(f"{machine.home}.log").read_text().splitlines()
    assert len(said) == 2 and all(line.startswith("noninteractive ") for line in said)
    assert said[1].endswith("python3 python3-venv libportaudio2")


def test_a_python_without_venv_is_named_with_its_package(machine):
    machine.is_user(1000)
    machine.has("apt-get", "exit 100")
    machine.has("python3.13", python("3.13", bare=True))
    assert "missing on this machine: python3.13-venv libportaudio2" in machine.setup().stderr


def test_the_newest_complete_python_is_chosen_wherever_it_is(machine):
    machine.has("python3.14", "echo 'pyenv: python3.14: command not found' >&2; exit 127")
    machine.has("python3.12", python("3.12", bare=True))
    machine.has("python3.11", python("3.11"))
    newest = 'source scripts/pythons.sh; set -- $(newest_python); echo "$1 $2"'
    assert machine.run("bash", "-c", newest).stdout == f"3.11 {machine.path}/python3.11\n"
    pyenv = machine.home / ".pyenv/versions/3.13.2/bin/python3.13"
    program(pyenv, python("3.13"))
    assert machine.run("bash", "-c", newest).stdout == f"3.13 {pyenv}\n"
    uv = machine.home / ".local/share/uv/python/cpython-3.14.1-linux-x86_64-gnu/bin/python3.14"
    program(uv, python("3.14"))
    assert machine.run("bash", "-c", newest).stdout == f"3.14 {uv}\n"


@pytest.mark.parametrize(
    ("pip_says", "said"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE", "its hash differs"),
        ("WARNING: Retrying (Retry(total=0))\\nERROR: No matching distribution found for av", "could not be fetched"),
    ],
)
def test_a_wrong_package_and_no_network_install_nothing_else(machine, pip_says, said):
    machine.is_user(1000)
    done = with_pip(machine, pip_says)
    assert done.returncode == 3 and said in done.stderr
    assert not (machine.checkout / ".venv/.livecam-run").exists()


def test_a_machine_without_a_wheel_is_reported_and_gets_what_is_allowed(machine):
    machine.is_user(1000)
    done = with_pip(machine, "ERROR: No matching distribution found for av==19.0.2")
    assert done.returncode == 0, done.stderr
    assert "constraints/run.txt has no wheel for this machine" in done.stderr
    assert (machine.checkout / ".venv/.livecam-run").exists()


def with_pip(machine: Machine, pip_says: str) -> subprocess.CompletedProcess[str]:
    """Set up with a Python with a pip that fails with these words when it installs with hashes."""
    inner = machine.home / "inner"
    fails = f"*require-hashes*) printf '{pip_says}\\n'; exit 1;;"
    program(inner, f'case "$*" in {fails} *livecam.__version__*) echo 0.1.0;; esac')
    venv = f'mkdir -p "$3/bin"; ln -s {inner} "$3/bin/python"'
    machine.has("python3.13", f'if [ "$1" = -m ]; then {venv}; else {python("3.13")}; fi')
    return machine.setup()


def test_scripts_are_sound_bash():
    for path in sorted((ROOT / "scripts").iterdir()):
        if path.is_file() and (path.suffix == ".sh" or path.read_bytes().startswith(b"#!/usr/bin/env bash")):
            done = subprocess.run(["bash", "-n", path], capture_output=True, text=True, env=dict(os.environ))
            assert done.returncode == 0, done.stderr
