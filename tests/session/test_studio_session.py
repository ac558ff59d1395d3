"""The studio's session is a process of its own, at the priority that the studio was started with."""

import sys
from contextlib import closing
from pathlib import Path

import pytest

from livecam.core.priority import read_nice
from tests.browser.conftest import RunningStudio

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="threads have a priority on Linux alone"),
]


def nice_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[16])


def started_by(pid: int, name: str) -> list[int]:
    started = " ".join(path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")).split()
    return [int(each) for each in started if name in Path(f"/proc/{each}/cmdline").read_text()]


def test_the_session_has_the_studios_own_priority(tmp_path):
    with closing(RunningStudio(tmp_path)) as studio:
        studio.call("PUT", "/live", {"settings": {"persona": "robin", "camera": "sample", "sink": "null"}})
        (session,) = started_by(studio.process.pid, "session.main")
        assert nice_of(session) == read_nice()
        studio.call("DELETE", "/live")
