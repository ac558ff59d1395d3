"""The guard's measure is the coherence that its formula says, at every lag."""

import numpy as np
import pytest

from livecam.audio.passthrough import measure_coherence

PAST, NOW, BINS = 78, 20, 60


def drawn(seed: int, frames: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((2, BINS, frames)) + 1j * rng.standard_normal((2, BINS, frames))


def level(frames: np.ndarray) -> np.ndarray:
    levels = np.sqrt(np.sum(np.abs(frames) ** 2, axis=1, keepdims=True))
    return frames / (levels + levels.max(2, keepdims=True) + 1e-12)


def coherence_at(past: np.ndarray, now: np.ndarray, lag: int) -> np.ndarray:
    part = past[:, :, lag : lag + NOW]
    power = np.sum(np.abs(part) ** 2, axis=2)
    products = np.abs(np.sum(np.conj(part) * now, axis=2))
    return np.sum(products * power / np.sqrt(power * np.sum(np.abs(now) ** 2, axis=2)), axis=1) / power.sum(1)


@pytest.mark.parametrize("lag", [0, 1, 30, PAST - NOW])
def test_a_sound_that_comes_back_is_found_at_any_lag(lag):
    given = drawn(1, PAST)
    assert measure_coherence(given, 0.5 * given[:, :, lag : lag + NOW]) == pytest.approx([1, 1], abs=0.01)


def test_the_measure_is_that_of_the_best_lag_and_no_more():
    given, gave = drawn(2, PAST), drawn(3, NOW)
    past, now = level(given), level(gave)
    best = np.max([coherence_at(past, now, lag) for lag in range(PAST - NOW + 1)], axis=0)
    found = measure_coherence(given, gave)
    # Unlike spectra lower it further.
    assert (found <= best + 1e-9).all() and (found > best - 0.3).all()
    assert (found < 0.6).all()
