"""What else the machine does is read from the system, where it tells."""

import os

import pytest

from livecam.host import machine as room
from livecam.host.machine import ProcessorTimes

HERTZ = os.sysconf("SC_CLK_TCK")


def stat(folder, *seconds):
    path = folder / "stat"
    path.write_text("cpu  " + " ".join(str(round(s * HERTZ)) for s in seconds) + "\ncpu0 1 2 3\n")
    return path


def test_what_others_had_is_all_work_but_ones_own(tmp_path):
    begin = ProcessorTimes.read(stat(tmp_path, 10, 0, 10, 60, 20, 0, 0, 0, 0, 0), own=5.0)
    end = ProcessorTimes.read(stat(tmp_path, 60, 10, 20, 80, 20, 0, 0, 10, 5, 0), own=25.0)
    # 70 s of work, 20 idle, 10 taken by the host; 20 s of the work are our own.
    assert end.percent_since(begin) == {"others_percent": 50.0, "steal_percent": 10.0}


def test_rounding_never_gives_less_than_nothing(tmp_path):
    begin = ProcessorTimes.read(stat(tmp_path, 10, 0, 0, 10, 0, 0, 0, 0), own=0.0)
    assert (
        ProcessorTimes.read(stat(tmp_path, 11, 0, 0, 10, 0, 0, 0, 0), own=3.0).percent_since(begin)["others_percent"]
        == 0.0
    )


@pytest.mark.parametrize("text", ["", "cpu 1 2\n", "intr 1 2 3 4 5 6 7 8\n"])
def test_where_the_system_does_not_tell_nothing_is_claimed(tmp_path, text):
    assert ProcessorTimes.read(tmp_path / "none") is None
    (tmp_path / "stat").write_text(text)
    assert ProcessorTimes.read(tmp_path / "stat") is None


def test_without_a_load_there_is_none(monkeypatch):
    monkeypatch.delattr(os, "getloadavg", raising=False)
    assert room.load_1min() is None
