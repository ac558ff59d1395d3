"""What a job leaves on a node is erased when it ends, also where its process is killed."""

import os
import signal
import subprocess
import sys
from threading import Event

import pytest

from livecam.jobs.cluster.workspace import Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Ray's nodes are not on Windows")
GUARD_S = 60
HOLDER = """
import sys
from pathlib import Path
from livecam.jobs.cluster.workspace import Workspace
space = Workspace(Path(sys.argv[1]), Path(sys.argv[2]))
(space.data / "face").write_bytes(b"a face")
(space.inputs / "clip").write_bytes(b"a clip")
print("ready", flush=True)
sys.stdin.read()
"""


def left(*roots):
    return [path for root in roots for path in root.rglob("*") if path.is_file() and path.name != "in-use"]


@pytest.fixture
def places(tmp_path):
    (tmp_path / "memory").mkdir()
    return tmp_path / "disk", tmp_path / "memory"


def test_the_persona_is_in_memory_and_the_clip_on_disk(places):
    space = Workspace(*places)
    assert space.data.is_relative_to(places[1]) and space.inputs.is_relative_to(places[0])
    space.close()


def test_without_a_file_system_in_memory_all_is_on_disk(places):
    space = Workspace(places[0], places[0] / "none")
    assert space.data.is_relative_to(places[0])
    space.close()
    assert not left(*places)


def test_closing_erases_and_may_be_done_twice(places):
    space = Workspace(*places)
    for folder in (space.data, space.inputs, space.results):
        (folder / "x").write_bytes(b"x")
    space.close()
    space.close()
    assert not left(*places)


@pytest.mark.slow
def test_what_a_killed_process_left_is_erased(places):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, *map(str, places)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert holder.stdout.readline() == b"ready\n" and len(left(*places)) == 2
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    for _ in range(GUARD_S * 10):
        if not left(*places):
            break
        Event().wait(0.1)
    assert not left(*places)
    holder.stdin.close()
    holder.stdout.close()


def test_what_a_lost_machine_left_is_erased_by_the_next_job(places):
    old = places[0] / "old"
    (old / "inputs").mkdir(parents=True)
    (old / "inputs" / "clip").write_bytes(b"a clip")
    used = Workspace(*places)
    other = Workspace(*places)
    assert not old.exists() and used.inputs.is_dir(), "what is in use stays"
    used.close()
    other.close()


def test_folders_are_closed_to_other_users(places):
    space = Workspace(*places)
    for folder in (places[0], space.inputs, space.results, space.data.parent):
        assert os.stat(folder).st_mode & 0o077 == 0
    space.close()
