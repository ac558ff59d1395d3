import threading
from pathlib import Path

import pytest

from livecam.core import clock as room
from livecam.core.clock import NS_PER_MS as MS
from livecam.core.clock import ManualClock, SystemClock, process_age_ns, process_cpu_ns, utc_now


def test_a_manual_clock_stands_still_until_moved():
    clock = ManualClock(5)
    assert clock.now_ns() == 5
    clock.advance_ns(10)
    assert clock.now_ns() == 15


def test_sleeping_jumps_a_manual_clock_but_never_back():
    clock = ManualClock(100)
    clock.sleep_until_ns(50)
    assert clock.now_ns() == 100
    clock.sleep_until_ns(150)
    assert clock.now_ns() == 150


def test_waiting_jumps_a_manual_clock_too():
    clock = ManualClock()
    clock.wait_until_ns(threading.Condition(), 7)
    assert clock.now_ns() == 7


def test_time_cannot_go_back():
    with pytest.raises(ValueError, match="back"):
        ManualClock().advance_ns(-1)


def test_the_system_clock_reaches_a_deadline_and_no_past_one_delays_it():
    clock = SystemClock()
    deadline_ns = clock.now_ns() + 2 * MS
    clock.sleep_until_ns(deadline_ns)
    assert clock.now_ns() >= deadline_ns
    clock.sleep_until_ns(0)
    changed = threading.Condition()
    with changed:
        clock.wait_until_ns(changed, clock.now_ns() + MS)
        clock.wait_until_ns(changed, 0)
    assert clock.now_ns() >= deadline_ns + MS


def test_a_process_has_an_age(monkeypatch):
    assert 0 < process_age_ns() < 24 * 3600 * 10**9
    monkeypatch.setattr(room, "Path", lambda _: Path("/nowhere/at/all"))
    assert 0 < process_age_ns() < 24 * 3600 * 10**9


def test_calendar_time_is_utc():
    assert utc_now().utcoffset().total_seconds() == 0


def test_processor_time_counts_work_and_never_goes_back() -> None:
    begin_ns = process_cpu_ns()
    sum(range(200_000))
    assert process_cpu_ns() > begin_ns
