"""Many streams and one server: none asks at once after a failure, and none asks a busy server as often as before."""

from random import Random

import pytest

from engines.swap.remote.fair_use import FairUse, Trouble
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock
from livecam.core.errors import EngineError


@pytest.fixture
def clock():
    return ManualClock()


def stream(clock, seed=1):
    return FairUse("gpu-box:8001", clock, Random(seed))


def pass_time(clock, ns):
    clock.sleep_until_ns(clock.now_ns() + ns)


def wait_ns(fair, clock):
    begin_ns = clock.now_ns()
    fair.wait()
    return clock.now_ns() - begin_ns


def test_a_server_that_answers_is_asked_without_a_wait(clock):
    fair = stream(clock)
    for _ in range(3):
        assert wait_ns(fair, clock) == 0
        fair.succeed()


def test_streams_that_fail_together_come_back_spread_over_time(clock):
    streams = [stream(clock, seed) for seed in range(200)]
    for fair in streams:
        fair.fail(Trouble.AWAY)
    times = sorted(fair._next_ns for fair in streams)
    assert times[0] >= 250 * NS_PER_MS and times[-1] <= 500 * NS_PER_MS
    assert max(sum(at <= each < at + 25 * NS_PER_MS for each in times) for at in times) < 50


def test_the_wait_doubles_up_to_half_a_minute_and_says_why(clock):
    fair, waits = stream(clock), []
    for _ in range(12):
        fair.fail(Trouble.AWAY)
        waits.append(fair._next_ns - clock.now_ns())
    assert waits[0] < NS_PER_S and waits[3] > waits[0] and max(waits) <= 30 * NS_PER_S
    with pytest.raises(EngineError, match=r"gpu-box:8001 is not reached, and is asked again in [\d.]+ s"):
        fair.wait()
    pass_time(clock, 30 * NS_PER_S)
    assert wait_ns(fair, clock) == 0
    fair.succeed()
    fair.fail(Trouble.AWAY)
    assert fair._next_ns - clock.now_ns() <= NS_PER_S, "an answer ends the doubling"


def test_a_busy_server_is_asked_less_often_until_it_keeps_up(clock):
    fair = stream(clock)
    for _ in range(4):
        fair.fail(Trouble.BUSY)
        pass_time(clock, 30 * NS_PER_S)
    fair.succeed()
    first_ns = wait_ns(fair, clock)
    assert first_ns > 0
    for _ in range(30):
        fair.succeed()
        wait_ns(fair, clock)
    assert wait_ns(fair, clock) == 0


def test_a_model_that_fails_costs_no_wait(clock):
    fair = stream(clock)
    fair.fail(Trouble.FAULTY)
    assert wait_ns(fair, clock) == 0
