"""Parts of a benchmark: their order, the time that is left, and what a failure costs."""

import pytest

from livecam.bench.jobs import INTERRUPTED, BenchJob, format_duration, run_jobs
from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.errors import EngineError, LivecamError


def failing() -> None:
    raise EngineError("no picture was made in 20 s", command="livecam doctor")


def test_the_time_left_follows_how_long_the_parts_before_took():
    clock, reported = ManualClock(), list[str]()
    jobs = [BenchJob(name, 10.0, lambda: clock.advance_ns(30 * NS_PER_S)) for name in ("a", "b", "c")]
    assert run_jobs(jobs, reported.append, clock) == {}
    assert reported == ["1 of 3: a; about 30 s left", "2 of 3: b; about 60 s left", "3 of 3: c; about 30 s left"]


def test_a_part_that_fails_loses_no_other():
    done: list[str] = []
    jobs = [
        BenchJob("a", 1.0, lambda: done.append("a")),
        BenchJob("b", 1.0, failing),
        BenchJob("c", 1.0, lambda: done.append("c")),
    ]
    assert run_jobs(jobs, lambda what: None, ManualClock()) == {"b": "no picture was made in 20 s"}
    assert done == ["a", "c"]


def test_when_every_part_fails_the_first_reason_is_the_error():
    with pytest.raises(LivecamError, match="no picture"):
        run_jobs([BenchJob("a", 1.0, failing), BenchJob("b", 1.0, failing)], lambda what: None, ManualClock())


def interrupted() -> None:
    raise KeyboardInterrupt


def test_ctrl_c_keeps_what_was_measured_before():
    done: list[str] = []
    jobs = [
        BenchJob("a", 1.0, failing),
        BenchJob("b", 1.0, lambda: done.append("b")),
        BenchJob("c", 1.0, interrupted),
        BenchJob("d", 1.0, lambda: done.append("d")),
    ]
    failed = run_jobs(jobs, lambda what: None, ManualClock())
    assert failed == {"a": "no picture was made in 20 s", "c": INTERRUPTED, "d": INTERRUPTED}
    assert done == ["b"]


def test_ctrl_c_before_anything_was_measured_interrupts():
    jobs = [BenchJob("a", 1.0, failing), BenchJob("b", 1.0, interrupted)]
    with pytest.raises(KeyboardInterrupt):
        run_jobs(jobs, lambda what: None, ManualClock())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.3, "about 5 s"), (42, "about 40 s"), (91, "about 2 minutes"), (400, "about 7 minutes")]
)
def test_times_are_said_as_people_say_them(seconds, words):
    assert format_duration(seconds) == words
