"""The measure of the tests on sound servers: planted delays are found however unevenly the sound arrives."""

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS, NS_PER_S
from tests.sound.timeline import RATE_HZ, Timeline, later_ms
from tests.sounds import talking

SPEECH = np.rint(talking(12.0, RATE_HZ, 120, seed=3) * 32767).astype(np.int16)
PORTION = RATE_HZ // 100


def heard(later_s: float, begin_s: float = 0.0, late: float = 0.0, lost: float = 0.0, seed: int = 0) -> Timeline:
    """A person who listens from `begin_s` on to speech that comes `later_s` later.

    Args:
        later_s: The delay.
        begin_s: When they begin.
        late: Share of portions that are fetched up to a fifth of a second late, with those after them.
        lost: Seconds that are lost in the middle.
        seed: Of the unevenness.
    """
    timeline, rng = Timeline(), np.random.default_rng(seed)
    held_ns = 0
    for number in range(int(begin_s * 100), len(SPEECH) // PORTION):
        begin = number * PORTION - round(later_s * RATE_HZ)
        if 6.0 <= number / 100 < 6.0 + lost:
            continue
        samples = SPEECH[np.clip(np.arange(begin, begin + PORTION), 0, len(SPEECH) - 1)]
        now_ns = (number + 1) * 10 * NS_PER_MS
        if rng.random() < late:
            held_ns = now_ns + int(rng.uniform(0, 0.2) * NS_PER_S)
        timeline.add(samples, max(now_ns, held_ns))
    return timeline


@pytest.mark.parametrize("later_s", [-0.05, 0.0, 0.09, 0.4])
def test_a_planted_delay_is_found(later_s):
    assert later_ms(heard(0.0, 0.3), heard(later_s)) == pytest.approx(1000 * later_s, abs=1)


@pytest.mark.parametrize("fault", [{"late": 0.05}, {"lost": 0.5}, {"late": 0.05, "lost": 1.3}])
def test_late_portions_and_lost_ones_do_not_move_it(fault):
    assert later_ms(heard(0.0), heard(0.09, seed=1, **fault)) == pytest.approx(90, abs=3)
    assert later_ms(heard(0.0, seed=1, **fault), heard(0.09)) == pytest.approx(90, abs=3)


def test_what_is_not_the_same_sound_has_no_delay():
    silent = Timeline()
    for number in range(1200):
        silent.add(np.zeros(PORTION, np.int16), (number + 1) * 10 * NS_PER_MS)
    assert later_ms(heard(0.0), silent) is None
    assert later_ms(heard(0.0), heard(2.0)) is None


def test_a_second_is_too_short_to_tell():
    assert later_ms(heard(0.0, 11.0), heard(0.0, 11.0)) is None
