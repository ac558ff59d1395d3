"""Runner and worker are killed at random moments: no job is lost, none is done twice."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from livecam.jobs.job import State
from livecam.jobs.store import SqliteJobStore

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="kills processes by signals")

MAIN = "import sys; from livecam.cli import main; sys.exit(main())"
ARGUMENTS = ("jobs", "run", "--data-folder")
KIND = """
from livecam.jobs.kinds import Kind
def run(call):
    (call.folder / "out.txt").write_text(call.job_id)
    return {"files": ["out.txt"]}
QUICK = Kind("writes its own name", run, (0, 0))
"""


@pytest.fixture
def environment(tmp_path):
    """A package with a quick kind of job, found by entry point as any other."""
    place = tmp_path / "package"
    (place / "quick-1.dist-info").mkdir(parents=True)
    (place / "quick_kind.py").write_text(KIND)
    (place / "quick-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: quick\nVersion: 1\n")
    (place / "quick-1.dist-info" / "entry_points.txt").write_text("[livecam.jobs]\nquick = quick_kind:QUICK\n")
    return {**os.environ, "PYTHONPATH": str(place)}


def runner_in(folder: Path, environment) -> subprocess.Popen[bytes]:
    words = [
        sys.executable,
        "-c",
        "import sys; from livecam.cli import main; sys.exit(main())",
        *ARGUMENTS,
        str(folder),
    ]
    return subprocess.Popen(words, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def children_of(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


@pytest.mark.slow
@pytest.mark.parametrize(("jobs", "kills"), [(12, 8), pytest.param(1000, 50, marks=pytest.mark.long)])
def test_no_job_is_lost_or_done_twice_whatever_is_killed(tmp_path, environment, jobs, kills):
    chance = random.Random(17)
    store = SqliteJobStore(tmp_path / "jobs")
    ids = [store.add("quick", [], {})[0].id for _ in range(jobs)]
    runner = runner_in(tmp_path, environment)
    for _ in range(kills):
        time.sleep(chance.uniform(0.0, 1.2))  # the moment is what is tried; nothing depends on its length
        if chance.random() < 0.5 and (found := children_of(runner.pid)):
            kill(chance.choice(found))
            continue
        runner.kill()
        runner.wait()
        runner = runner_in(tmp_path, environment)
    while any(not job.state.is_final for job in store.list(at_most=jobs)):
        if runner.poll() is not None:
            runner = runner_in(tmp_path, environment)
        time.sleep(0.1)
    runner.wait(60)
    ended = {job.id: job for job in store.list(at_most=jobs)}
    assert set(ended) == set(ids)
    done = Counter(e.subject for e in store.events(0, at_most=100_000) if e.data["state"] == "done")
    for job in ended.values():
        parked = job.state is State.FAILED and job.attempts == 3 and "3 times" in job.failure.says
        assert parked or (job.state is State.DONE and done[job.id] == 1)
        if job.state is State.DONE:
            assert [path.read_text() for path in (tmp_path / "jobs" / job.id).glob("*/out.txt")] == [job.id]
    store.close()
