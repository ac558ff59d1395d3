import math

import pytest

from livecam.core.clock import NS_PER_MS as MS
from livecam.core.clock import ManualClock
from livecam.timing.meter import Histogram, Meter


def test_percentiles_are_right_within_a_percent():
    histogram = Histogram()
    for ms in range(1, 1001):
        histogram.add(ms * MS)
    for percent in (50, 95, 99):
        assert histogram.percentile_ms(percent) == pytest.approx(percent * 10, rel=0.011)


def test_an_empty_histogram_has_no_figures():
    assert math.isnan(Histogram().percentile_ms(50))
    assert Histogram().summarize_ms() == {}


def test_extremes_are_counted():
    histogram = Histogram()
    histogram.add(0)
    histogram.add(10**15)
    assert histogram.count == 2
    assert histogram.percentile_ms(1) < 0.01
    assert histogram.percentile_ms(100) > 90_000


def test_a_stage_is_timed_on_the_clock():
    clock = ManualClock()
    meter = Meter(clock)
    with meter.stage("render"):
        clock.advance_ns(5 * MS)
    assert meter.summarize_ms()["render"]["p50"] == pytest.approx(5, rel=0.01)


def test_decisions_and_counts_add_up():
    meter = Meter(ManualClock())
    meter.count_decision("HOLD", "no face")
    meter.count_decision("HOLD", "no face")
    meter.count_decision("RENDER", "in time")
    meter.count("held")
    meter.count("held", by=2)
    assert meter.levels == {"HOLD": 2, "RENDER": 1}
    assert meter.reasons == {"no face": 2, "in time": 1}
    assert meter.counts.held == 3
