"""How much sound waits, before it runs out and after."""

import pytest

from livecam.core.clock import NS_PER_S
from livecam.timing.reserve import Reserve, ReserveConfig

RULES = ReserveConfig()


def after(seconds: int, left_s: float, reserve: Reserve | None = None, begin_s: int = 0) -> Reserve:
    """Seen ten times a second."""
    reserve = reserve or Reserve(0)
    for tenth in range(10 * seconds):
        reserve.observe(left_s, False, (begin_s + tenth // 10) * NS_PER_S)
    return reserve


def test_it_begins_with_the_least_and_stays_there_where_enough_is_left():
    assert after(600, 0.009).wanted_s == RULES.least


def test_more_is_kept_before_it_runs_out_one_step_at_a_time():
    reserve = after(5, 0.001)
    assert reserve.wanted_s == RULES.least
    reserve = after(15, 0.001)
    assert reserve.wanted_s == pytest.approx(RULES.least + 2 * RULES.near_step)


def test_more_is_kept_each_time_it_ran_out_up_to_the_most():
    reserve = Reserve(0)
    assert reserve.observe(0.0, True, 1) == pytest.approx(RULES.least + RULES.dry_step)
    for _ in range(100):
        reserve.observe(0.0, True, 2)
    assert reserve.wanted_s == RULES.most


def test_what_is_not_needed_is_given_back_slowly():
    reserve = Reserve(0)
    reserve.observe(0.0, True, 0)
    assert after(59, 0.008, reserve).wanted_s == pytest.approx(RULES.least + RULES.dry_step)
    assert after(10, 0.008, reserve, 60).wanted_s == pytest.approx(RULES.least + RULES.dry_step - RULES.calm_step)
    assert after(600, 0.008, reserve, 70).wanted_s == RULES.least


def test_what_is_just_enough_is_kept():
    reserve = Reserve(0)
    reserve.observe(0.0, True, 0)
    assert after(600, 0.004, reserve).wanted_s == pytest.approx(RULES.least + RULES.dry_step)
