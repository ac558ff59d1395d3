"""The lower band of a converted voice."""

import numpy as np
import pytest

from engines.voice.grain import pulses
from engines.voice.grain.envelope import make_cosines
from engines.voice.grain.frames import RATE_HZ
from engines.voice.grain.grains import _filters

SIZE, FACTOR, STEP, AT = 1024, 3, 100.0, 300
HERTZ = np.arange(SIZE // 2 + 1) * RATE_HZ * FACTOR / SIZE
LOWER, ABOVE = HERTZ < pulses.LOWER_HZ, HERTZ >= pulses.UPPER_HZ
SPECTRUM = (np.random.default_rng(1).standard_normal(40) * 0.6 ** np.arange(40)).astype(np.float32)
ENVELOPE = FACTOR * np.sqrt(STEP) * np.exp(SPECTRUM @ make_cosines(np.minimum(np.pi * HERTZ / (RATE_HZ / 2), np.pi)))


def put_into(block: np.ndarray) -> np.ndarray:
    block = block.copy()
    _filters(FACTOR, SIZE).pulses.put(block, SPECTRUM, STEP, AT)
    return block


def test_a_pulse_has_the_envelope_it_is_given_and_stands_where_it_should():
    block = put_into(np.zeros(SIZE // 2 + 1, np.complex128))
    np.testing.assert_allclose(np.abs(block)[LOWER], pulses.MOST * ENVELOPE[LOWER], rtol=1e-3)
    assert np.abs(np.argmax(np.abs(np.fft.irfft(block))) - AT) <= 2 * FACTOR


def test_a_period_of_equal_envelope_stays_as_loud_whatever_its_phase():
    phases = np.exp(2j * np.pi * np.random.default_rng(0).random(SIZE // 2 + 1))
    block = put_into(ENVELOPE * phases)
    np.testing.assert_allclose(np.abs(block)[LOWER], ENVELOPE[LOWER], rtol=1e-3)


def test_the_upper_band_is_the_speakers_own():
    own = np.random.default_rng(0).standard_normal(SIZE // 2 + 1) + 0j
    assert ABOVE.sum() > SIZE // 4
    np.testing.assert_array_equal(put_into(own)[ABOVE], own[ABOVE])


@pytest.mark.parametrize("factor", [1, 2, 3])
def test_a_filter_is_held_above_the_analysed_band(factor):
    gains = np.abs(_filters(factor, SIZE).response(SPECTRUM))
    hertz = np.linspace(0, RATE_HZ * factor / 2, SIZE // 2 + 1)
    wanted = np.exp(SPECTRUM @ make_cosines(np.minimum(np.pi * hertz / (RATE_HZ / 2), 0.92 * np.pi)))
    np.testing.assert_allclose(gains, np.minimum(wanted, np.exp(3.5)), rtol=2e-3)
