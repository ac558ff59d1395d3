"""Two clocks that do not agree, an hour of them, without a device."""

import numpy as np
import pytest

from livecam.timing.drift import DriftConfig, DriftControl

BLOCK_S = 0.005


def simulate(ppm: float, seconds: float, wanted_s: float = 0.02, jitter_s: float = 0.0) -> np.ndarray:
    """What waits after every block of a source with a clock `ppm` fast; (blocks,)."""
    rng = np.random.default_rng(1)
    control, waiting_s = DriftControl(), wanted_s
    waits = np.empty(int(seconds / BLOCK_S))
    real_s = BLOCK_S / (1 + ppm * 1e-6)
    for number in range(len(waits)):
        seen_s = waiting_s + jitter_s * rng.uniform(-1, 1)
        speed = control.next_speed(seen_s, wanted_s, real_s)
        waiting_s += BLOCK_S / speed - real_s
        waits[number] = waiting_s
    return waits


@pytest.mark.parametrize("ppm", [-200, 200])
def test_an_hour_of_200_ppm_neither_empties_nor_fills_what_waits(ppm):
    waits = simulate(ppm, 3600, jitter_s=0.005)
    assert waits.min() > 0.015 and waits.max() < 0.025
    assert abs(waits[-2000:].mean() - 0.02) < 0.0005


def test_the_clocks_are_learned():
    control, waiting_s = DriftControl(), 0.02
    for _ in range(int(120 / BLOCK_S)):
        speed = control.next_speed(waiting_s, 0.02, BLOCK_S)
        waiting_s += BLOCK_S * 1.0002 / speed - BLOCK_S
    assert control.drift_ppm == pytest.approx(200, abs=20)


def test_a_longer_wait_is_reached_slowly_and_not_taken_for_drift():
    control, waiting_s = DriftControl(), 0.02
    speeds = []
    for _ in range(int(40 / BLOCK_S)):
        speeds.append(control.next_speed(waiting_s, 0.08, BLOCK_S))
        waiting_s += BLOCK_S / speeds[-1] - BLOCK_S
    assert min(speeds) == 1 - DriftConfig().fastest
    assert waiting_s == pytest.approx(0.08, abs=0.002)
    assert abs(control.drift_ppm) < 200


def test_what_was_cut_is_not_mistaken_for_what_waits():
    control = DriftControl()
    for _ in range(1000):
        control.next_speed(0.08, 0.02, BLOCK_S)
    control.note_jump()
    assert control.next_speed(0.02, 0.02, BLOCK_S) == pytest.approx(1.0, abs=1e-3)
