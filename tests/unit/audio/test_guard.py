"""Where an engine fails there is a pause, and nothing of the voice that went in."""

import numpy as np
import pytest

from livecam.audio.guard import GuardedVoice
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine
from tests.sounds import talking, through

RATE_HZ, HOP = 16_000, 160
LATENCY = 480


class Failing(FakeVoiceEngine):
    """Gives back the voice, except in the blocks named: then it does `fault` to it."""

    def __init__(self, fault, at=(20,)) -> None:
        super().__init__(LATENCY)
        self._fault, self._at, self._count = fault, at, -1

    def process(self, block: AudioBlock) -> AudioBlock:
        self._count += 1
        if self._count in self._at:
            return AudioBlock(self._fault(block.samples.copy()), block.rate_hz, block.first_sample, block.captured_ns)
        return super().process(block)


def raising(samples):
    raise EngineError("the model is gone", hint="livecam doctor")


FAULTS = {
    "raises": raising,
    "not a number": lambda samples: samples * np.nan,
    "infinite": lambda samples: samples + np.inf,
    "far too loud": lambda samples: samples * 0 + 9,
    "too short": lambda samples: samples[:-1],
    "one sample missing a value": lambda samples: np.where(np.arange(HOP)[:, None] == 7, np.nan, samples),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_faded_pause_and_then_the_voice_is_back(fault):
    guarded, sound = GuardedVoice(Failing(FAULTS[fault])), talking(1.0, RATE_HZ, 130)
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, sound.astype(np.float32), RATE_HZ, HOP)
    begin, back = 20 * HOP, 21 * HOP + LATENCY
    assert guarded.faults == 1
    assert (heard[begin + HOP : back] == 0).all()
    np.testing.assert_array_equal(heard[back + HOP :], sound[back + HOP - LATENCY : -LATENCY])
    np.testing.assert_array_equal(heard[LATENCY:begin], sound[: begin - LATENCY])


def test_the_pause_begins_without_a_click():
    loud = np.full(RATE_HZ, 0.5, np.float32)
    guarded = GuardedVoice(Failing(FAULTS["raises"]))
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, loud, RATE_HZ, HOP)
    assert np.abs(np.diff(heard[LATENCY + HOP :])).max() <= 0.5 / HOP * 1.01


def test_nothing_of_the_input_is_in_the_output_while_it_fails():
    guarded, sound = GuardedVoice(Failing(FAULTS["not a number"], at=range(20, 90))), talking(1.0, RATE_HZ, 130)
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, sound, RATE_HZ, HOP)
    assert guarded.faults == 70
    assert not heard[21 * HOP : 90 * HOP].any()


def test_sound_is_kept_within_bounds():
    guarded = GuardedVoice(FakeVoiceEngine(LATENCY))
    guarded.prepare(RATE_HZ, HOP)
    assert np.abs(through(guarded, np.full(3200, 3.0, np.float32), RATE_HZ, HOP)).max() == 1


def test_what_is_no_fault_of_an_engine_is_not_hidden():
    def defect(samples):
        raise ZeroDivisionError

    guarded = GuardedVoice(Failing(defect))
    guarded.prepare(RATE_HZ, HOP)
    with pytest.raises(ZeroDivisionError):
        through(guarded, talking(1.0, RATE_HZ, 130), RATE_HZ, HOP)
