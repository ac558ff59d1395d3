"""Grains leave no gaps, whatever pitch they are set down at."""

import numpy as np
import pytest

from engines.voice.grain.frames import HOP, RATE_HZ
from engines.voice.grain.grains import LONGEST, GrainWriter
from engines.voice.grain.pitch_marks import PitchMark
from engines.voice.grain.stream import DELAY
from livecam.core.voice import COEFFICIENTS

PITCH_HZ, FRAMES = 200.0, 80


def level_sound(target_hz: float) -> np.ndarray:
    """What becomes of a sound that is 1 everywhere, its periods set down at another pitch."""
    writer, period = GrainWriter(1, DELAY), RATE_HZ / PITCH_HZ
    places = np.arange(0, FRAMES * HOP, period)
    heard = []
    for frame in range(FRAMES):
        inside = places[(places >= frame * HOP) & (places < (frame + 1) * HOP)]
        writer.add([PitchMark(float(place), period, PITCH_HZ, frame) for place in inside], target_hz)
        writer.set_colour(frame, np.zeros(COEFFICIENTS))
        end = (frame + 5) * HOP
        kept = DELAY + 2 * LONGEST + 2 * HOP
        heard.append(writer.step(end - HOP - DELAY, np.ones(kept), end - kept))
    return np.concatenate(heard)[FRAMES * HOP // 2 :]


@pytest.mark.parametrize("target_hz", [300.0, 200.0, 150.0, 100.0, 85.0])
def test_there_is_sound_between_two_grains(target_hz):
    sound = level_sound(target_hz)
    assert sound.min() > 0.5 * sound.max()


def test_a_level_sound_keeps_its_power_an_octave_lower():
    assert np.mean(level_sound(100.0)) == pytest.approx(np.mean(level_sound(200.0)), rel=0.45)
