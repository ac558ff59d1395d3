"""What other programs take of the machine: everything that was used, without our own part."""

import sys

import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.host import other_load as others
from livecam.host.other_load import OtherPrograms, describe_load, is_busy, read_machine_cpu_s, read_own_cpu_s


@pytest.mark.parametrize(
    ("all_s", "own_s", "cores"),
    [(100.0, 100.0, 0.0), (130.0, 100.0, 1.5), (100.0, 101.0, 0.0), (None, 1.0, None)],
)
def test_what_is_not_ours_is_others(all_s, own_s, cores):
    clock, used = ManualClock(), {"all": None if all_s is None else 5.0, "own": 2.0}
    programs = OtherPrograms(clock, lambda: used["all"], lambda: used["own"])
    assert programs.measure_cores() is None  # no time has passed
    clock.advance_ns(20 * NS_PER_S)
    used.update(all=all_s and 5.0 + all_s, own=2.0 + own_s)
    assert programs.measure_cores() == cores


@pytest.mark.parametrize(("cores", "busy"), [(None, False), (0.0, False), (0.3, False), (0.31, True)])
def test_a_seventh_of_the_machine_is_busy(cores, busy):
    assert is_busy(cores, 2) == busy


def test_it_is_said_in_cores():
    assert describe_load(1.42, 2) == "other programs used 1.4 of 2 cores"


def test_the_systems_figures_are_read(tmp_path, monkeypatch):
    (tmp_path / "stat").write_text("cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 1 1\n")
    monkeypatch.setattr(others, "_STAT", tmp_path / "stat")
    monkeypatch.setattr(others.os, "sysconf", lambda name: 100, raising=False)
    assert read_machine_cpu_s() == pytest.approx(1.71)  # waiting and idle are not work
    monkeypatch.setattr(others, "_STAT", tmp_path / "none")
    assert read_machine_cpu_s() is None


@pytest.mark.skipif(sys.platform != "linux", reason="Linux's own file")
def test_the_machine_used_at_least_what_this_process_did():
    assert read_machine_cpu_s() >= read_own_cpu_s() * 0.5 > 0
