"""Stretches converted one by one are joined where they fit."""

from fractions import Fraction

import numpy as np
import pytest

from livecam.core.framing import StatefulVoice
from livecam.core.overlap_add import Overlap, OverlapCore
from tests.sounds import through

RATE_HZ = 16_000
LENGTHS = Overlap(context=400, block=320, fade=160, search=200)


def joined(convert, sound):
    engine = StatefulVoice(lambda rate_hz: OverlapCore(convert, LENGTHS))
    engine.prepare(RATE_HZ, 320)
    return through(engine, sound, RATE_HZ, 320)[engine.latency_samples + 320 :]


def tone(hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)


def test_a_conversion_that_forgets_its_phase_leaves_no_seam():
    calls = iter(range(1000))

    def restless(sound):
        return np.roll(sound, -37 * next(calls) % 80)

    heard = joined(restless, tone(200))
    assert np.abs(np.diff(heard, 2)).max() < 1.5 * np.abs(np.diff(tone(200), 2)).max()


def test_a_conversion_that_keeps_its_phase_is_left_alone():
    heard = joined(lambda sound: sound * 0.5, tone(200))
    np.testing.assert_allclose(heard, 0.5 * tone(200)[320 : 320 + len(heard)], atol=1e-6)


def test_another_length_is_refused():
    with pytest.raises(ValueError, match="converted sound must be"):
        joined(lambda sound: sound[1:], tone(200))


@pytest.mark.parametrize("lengths", [(0, 100, 101, 0), (0, 100, 0, 0), (-1, 100, 10, 0), (0, 100, 10, -1)])
def test_lengths_that_do_not_fit_are_refused(lengths):
    with pytest.raises(ValueError, match="need"):
        Overlap(*lengths)


def test_lengths_that_fall_between_samples_are_refused():
    with pytest.raises(ValueError, match="no whole number of samples"):
        Overlap(context=10, block=10, fade=5, search=5).scale(Fraction(1, 3))
