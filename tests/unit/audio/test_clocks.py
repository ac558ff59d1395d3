"""An hour of sound between two clocks that are 200 millionths apart: heard whole, without a click."""

import numpy as np
import pytest

from livecam.audio.time_stretch import TimeStretch
from livecam.timing.drift import DriftControl

RATE_HZ, BLOCK, WANTED = 8000, 400, 400
HERTZ = 100.0


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [600, pytest.param(3600, marks=pytest.mark.long)])
@pytest.mark.parametrize("ppm", [-200, 200])
def test_an_hour_without_a_click(ppm, seconds):
    stretch, control = TimeStretch(), DriftControl()
    waiting, taken, bend, tail = float(WANTED), 0.0, 0.0, np.zeros(0)
    passed_s = BLOCK / RATE_HZ / (1 + ppm * 1e-6)
    lowest, highest = waiting, waiting
    steps = 2 * np.pi * HERTZ / RATE_HZ * np.arange(BLOCK)
    for number in range(seconds * RATE_HZ // BLOCK):
        sound = np.sin(steps + 2 * np.pi * HERTZ / RATE_HZ * number * BLOCK)
        out = stretch.process(sound, control.next_speed(waiting / RATE_HZ, WANTED / RATE_HZ, passed_s))
        waiting += len(out) - passed_s * RATE_HZ
        taken += passed_s * RATE_HZ
        lowest, highest = min(lowest, waiting), max(highest, waiting)
        joined = np.concatenate([tail, out])
        tail = joined[-2:]
        if number > 1:
            bend = max(bend, float(np.abs(np.diff(joined, 2)).max()))
    assert lowest > WANTED - 0.003 * RATE_HZ and highest < WANTED + 0.003 * RATE_HZ
    assert bend < 1.05 * (2 * np.pi * HERTZ / RATE_HZ) ** 2
    assert control.drift_ppm == pytest.approx(ppm, abs=20)
