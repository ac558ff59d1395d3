import resource
import sys
from pathlib import Path

import pytest

from livecam.host import machine as room


def test_the_machine_is_named():
    reported = room.describe_machine()
    assert reported["cores"] >= 1
    assert reported["cpu"] and reported["system"] and reported["python"]


def test_memory_now_is_no_more_than_its_peak():
    memory = room.read_memory_mb()
    assert 1 < memory["now"] <= memory["peak"]


def test_processor_time_only_grows():
    before = room.read_cpu_s()
    sum(range(200_000))
    assert room.read_cpu_s() >= before


@pytest.mark.parametrize(("platform", "unit"), [("linux", 1024), ("darwin", 1)])
def test_without_proc_the_peak_comes_from_the_system(monkeypatch, platform, unit):
    monkeypatch.setattr(room, "_first_value", lambda file, key: None)
    monkeypatch.setattr(sys, "platform", platform)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1024**2
    assert room.read_memory_mb()["peak"] == pytest.approx(peak, rel=0.5)


def test_where_the_system_does_not_tell_nothing_is_claimed(monkeypatch):
    monkeypatch.setattr(room, "_first_value", lambda file, key: None)
    monkeypatch.setattr(sys, "platform", "win32")
    assert room.read_memory_mb() == {}


def test_a_missing_proc_file_has_no_values(tmp_path: Path):
    assert room._first_value(tmp_path / "none", "key") is None
    (tmp_path / "some").write_text("other: 1\n")
    assert room._first_value(tmp_path / "some", "key") is None
