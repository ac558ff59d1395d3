"""Sound waits for the picture, and the wait changes without a jump."""

import numpy as np
import pytest

from livecam.audio.delay import SLEW, DelayLine

RATE_HZ = 48_000


def tone(seconds: float, hz: float = 300) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)


@pytest.mark.parametrize("delay", [2, 480, 4800])
def test_a_steady_delay_is_exact(delay):
    sound = np.random.default_rng(0).standard_normal(9600)
    heard = DelayLine(delay, 4800).process(sound)
    np.testing.assert_array_equal(heard[delay:], sound[:-delay])
    assert not heard[:delay].any()


@pytest.mark.parametrize("hop", [1, 7, 256])
def test_any_block_size_gives_the_same_samples_also_while_it_moves(hop):
    sound = np.random.default_rng(0).standard_normal(4000)
    whole, parts = DelayLine(100, 400), DelayLine(100, 400)
    for line in (whole, parts):
        line.aim(110)
    heard = [parts.process(sound[begin : begin + hop]) for begin in range(0, len(sound), hop)]
    np.testing.assert_array_equal(np.concatenate(heard), whole.process(sound))


@pytest.mark.parametrize("to", [480, 2400])
def test_a_change_is_reached_slowly_and_without_a_click(to):
    line, sound = DelayLine(1440, 4800), tone(8.0)
    line.process(sound[:RATE_HZ])
    line.aim(to)
    heard = line.process(sound[RATE_HZ:])
    needed = int(abs(to - 1440) / SLEW)
    assert line.delay_samples == to
    settled = RATE_HZ + np.arange(needed + 1, len(heard))
    np.testing.assert_allclose(heard[needed + 1 :], sound[settled - to])
    assert np.abs(np.diff(heard)).max() < np.abs(np.diff(sound)).max() * (1 + 2 * SLEW)


def test_it_can_be_sent_elsewhere_while_it_moves():
    line, sound = DelayLine(1000, 4800), tone(2.0)
    line.aim(2000)
    first = line.process(sound[:24_000])
    halfway = line.delay_samples
    assert 1000 < halfway < 2000
    line.aim(1000)
    rest = line.process(sound[24_000:])
    assert line.delay_samples == 1000
    whole = np.concatenate([first, rest])[1100:]
    assert np.abs(np.diff(whole)).max() < np.abs(np.diff(sound)).max() * (1 + 2 * SLEW)


def test_a_delay_the_line_cannot_hold_is_refused():
    with pytest.raises(ValueError, match="2 to 480"):
        DelayLine(481, 480)
    with pytest.raises(ValueError, match="2 to 480"):
        DelayLine(480, 480).aim(1)
