import pytest

from livecam.core.clock import NS_PER_MS as MS
from livecam.timing.pacer import Pacer


def test_deadlines_are_one_period_apart():
    pacer = Pacer(33 * MS, start_ns=100 * MS)
    for n in range(5):
        assert pacer.deadline_ns == (100 + 33 * n) * MS
        assert not pacer.advance(pacer.deadline_ns, new=True)


def test_deadlines_lean_towards_the_pictures():
    pacer = Pacer(30 * MS, start_ns=0)
    for n in range(100):
        pacer.advance(n * 30 * MS + 10 * MS, new=True)
    assert pacer.deadline_ns % (30 * MS) == pytest.approx(10 * MS, abs=0.1 * MS)


def test_repeats_do_not_move_the_deadlines():
    pacer = Pacer(30 * MS, start_ns=0)
    pacer.advance(10 * MS, new=False)
    assert pacer.deadline_ns == 30 * MS


def test_a_picture_a_period_late_is_late():
    assert Pacer(30 * MS, start_ns=0).advance(31 * MS, new=True)
    assert not Pacer(30 * MS, start_ns=0).advance(29 * MS, new=True)


def test_missed_deadlines_are_skipped_not_caught_up():
    pacer = Pacer(30 * MS, start_ns=0)
    pacer.advance(200 * MS, new=True)
    assert pacer.latest_ns > 200 * MS
    assert pacer.deadline_ns % (30 * MS) == 0


def test_the_window_is_a_period_wide_and_leans_to_the_late_side():
    pacer = Pacer(40 * MS, start_ns=60 * MS)
    assert (pacer.earliest_ns, pacer.latest_ns) == (50 * MS, 90 * MS)


def test_a_period_must_be_positive():
    with pytest.raises(ValueError, match="positive"):
        Pacer(0, 0)
