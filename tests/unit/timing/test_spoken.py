"""Times of sound: followed slowly where they tremble, at once where something was left out."""

import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.timing.spoken import SpokenTimes

RATE_HZ = 48_000
COUNT = 4800
STEP_NS = COUNT * NS_PER_S // RATE_HZ


def test_what_trembles_when_it_is_measured_is_smooth_and_right():
    times, tremor = SpokenTimes(RATE_HZ), np.random.default_rng(1).normal(0, 5, 200)
    real = [n * STEP_NS for n in range(200)]
    off = [times.place(n * COUNT, COUNT, round(real[n] + tremor[n] * NS_PER_MS)) - real[n] for n in range(200)]
    assert np.abs(off[40:]).max() < 4 * NS_PER_MS
    assert np.abs(np.diff(off)).max() < 1.5 * NS_PER_MS


def test_clocks_that_disagree_are_followed_without_a_step():
    times = SpokenTimes(RATE_HZ)
    real = [round(n * STEP_NS * 1.0005) for n in range(600)]
    placed = [times.place(n * COUNT, COUNT, at_ns) for n, at_ns in enumerate(real)]
    assert abs(placed[-1] - real[-1]) < 3 * NS_PER_MS
    assert np.abs(np.diff(placed) - STEP_NS).max() < NS_PER_MS


def test_what_was_left_out_or_put_in_is_followed_at_once():
    times = SpokenTimes(RATE_HZ)
    times.place(0, COUNT, 0)
    assert times.place(COUNT, COUNT, STEP_NS + 90 * NS_PER_MS) == STEP_NS + 90 * NS_PER_MS


def test_losses_are_counted_and_a_restarted_stream_is_a_new_one():
    times = SpokenTimes(RATE_HZ)
    assert times.expected_ns(0) is None
    times.place(0, COUNT, 0)
    assert times.place(5 * COUNT, COUNT, 5 * STEP_NS + 2 * NS_PER_MS) < 5 * STEP_NS + NS_PER_MS
    assert times.place(0, COUNT, 60 * NS_PER_S) == 60 * NS_PER_S
