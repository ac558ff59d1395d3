"""Where an engine fails there is a pause, and nothing of the voice that went in."""

import numpy as np
import pytest

from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.errors import EngineError
from livecam.core.fakes import FakeVoiceEngine, alternate_sign
from tests.sounds import hissing, likeness, talking, through

RATE_HZ, HOP = 16_000, 160
LATENCY, HALF = 480, RATE_HZ // 2
JUDGED, FAILS_AT = RATE_HZ, 120
"""Samples after which an engine that changes the voice is known to; a block later than that."""


class Failing(FakeVoiceEngine):
    """Another voice, except in the blocks named: then it does `fault` to the one it was given."""

    def __init__(self, fault, at=(20,)) -> None:
        super().__init__(LATENCY)
        self._fault, self._at, self._count = fault, at, -1

    def process(self, block: AudioBlock) -> AudioBlock:
        self._count += 1
        if self._count in self._at:
            return AudioBlock(self._fault(block.samples.copy()), block.rate_hz, block.first_sample, block.captured_ns)
        return super().process(block)


def raising(samples):
    raise EngineError("the model is gone", command="livecam doctor")


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
    guarded, sound = SafeVoiceEngine(Failing(FAULTS[fault], at=(FAILS_AT,))), talking(2.0, RATE_HZ, 130)
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, sound.astype(np.float32), RATE_HZ, HOP)
    begin, back = FAILS_AT * HOP, (FAILS_AT + 1) * HOP + LATENCY
    assert guarded.faults == 1
    assert (heard[begin + HOP : back] == 0).all()
    other = alternate_sign(sound[:, None])[:, 0]
    np.testing.assert_array_equal(heard[back + HOP :], other[back + HOP - LATENCY : -LATENCY])
    np.testing.assert_array_equal(heard[JUDGED:begin], other[JUDGED - LATENCY : begin - LATENCY])


def test_the_pause_begins_without_a_click():
    loud = np.full(RATE_HZ, 0.5, np.float32)
    guarded = SafeVoiceEngine(Failing(FAULTS["raises"]))
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, loud, RATE_HZ, HOP)
    assert np.abs(np.diff(np.abs(heard[LATENCY + HOP :]))).max() <= 0.5 / HOP * 1.01


def test_nothing_of_the_input_is_in_the_output_while_it_fails():
    guarded, sound = SafeVoiceEngine(Failing(FAULTS["not a number"], at=range(20, 90))), talking(1.0, RATE_HZ, 130)
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, sound, RATE_HZ, HOP)
    assert guarded.faults == 70
    assert not heard[21 * HOP : 90 * HOP].any()


def test_sound_is_kept_within_bounds():
    guarded = SafeVoiceEngine(FakeVoiceEngine(LATENCY))
    guarded.prepare(RATE_HZ, HOP)
    assert np.abs(through(guarded, np.full(3200, 3.0, np.float32), RATE_HZ, HOP)).max() == 1


def test_what_is_no_fault_of_an_engine_is_not_hidden():
    def defect(samples):
        raise ZeroDivisionError

    guarded = SafeVoiceEngine(Failing(defect))
    guarded.prepare(RATE_HZ, HOP)
    with pytest.raises(ZeroDivisionError):
        through(guarded, talking(1.0, RATE_HZ, 130), RATE_HZ, HOP)


SPEECH = talking(6.0, RATE_HZ, 130)


class Bypassed(FakeVoiceEngine):
    """Does `does` to the voice it was given instead of changing it, in the seconds named; it keeps count of none."""

    def __init__(self, does, late: int = LATENCY, seconds: tuple[float, float] = (0.0, 60.0)) -> None:
        super().__init__(LATENCY)
        self._does, self._late, self._between = does, late, seconds
        self._line = np.zeros(late, np.float32)

    def process(self, block: AudioBlock) -> AudioBlock:
        other = super().process(block)
        line = np.concatenate([self._line, block.samples[:, 0]])
        self._line = line[len(block.samples) :]
        if not self._between[0] <= block.first_sample / RATE_HZ < self._between[1]:
            return other
        same = self._does(line[: len(block.samples)]).astype(np.float32)[:, None]
        return AudioBlock(same, block.rate_hz, block.first_sample, block.captured_ns)


def noisy(samples):
    return samples + np.random.default_rng(0).normal(0, 0.005, len(samples))


IDENTITIES = {
    "the same": (lambda samples: samples, LATENCY),
    "louder": (lambda samples: samples * 2.5, LATENCY),
    "fainter": (lambda samples: samples * 0.3, LATENCY),
    "upside down": (lambda samples: -samples, LATENCY),
    "at once": (lambda samples: samples, 0),
    "later than stated": (lambda samples: samples, LATENCY + 1601),
    "with some noise": (noisy, LATENCY),
    "with more noise": (lambda samples: noisy(samples) + noisy(samples * 0)[::-1], LATENCY),
    "rounded to 8 bits": (lambda samples: np.rint(samples * 128) / 128, LATENCY),
}


@pytest.mark.parametrize("hop", [160, 4096])
@pytest.mark.parametrize("way", IDENTITIES)
def test_an_engine_that_gives_the_voice_back_is_silenced(way, hop):
    does, late = IDENTITIES[way]
    guarded = SafeVoiceEngine(Bypassed(does, late))
    guarded.prepare(RATE_HZ, hop)
    assert not guarded.is_passthrough
    heard = through(guarded, SPEECH, RATE_HZ, hop)
    assert guarded.is_passthrough and guarded.faults == 1
    # Three looks at a syllable tell, or ten where noise was added.
    sure = (3 if "more" in way else 1) * RATE_HZ + 200
    assert not heard[sure:].any() and likeness(heard[sure:], SPEECH, RATE_HZ) == 0


def test_a_voice_that_is_changed_is_let_through_once_that_is_known():
    guarded, engine = SafeVoiceEngine(FakeVoiceEngine(LATENCY)), FakeVoiceEngine(LATENCY)
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, SPEECH, RATE_HZ, HOP)
    np.testing.assert_array_equal(heard[JUDGED:], through(engine, SPEECH, RATE_HZ, HOP)[JUDGED:])
    assert guarded.faults == 0 and not guarded.is_passthrough


def test_nothing_is_heard_before_the_engine_is_judged():
    guarded = SafeVoiceEngine(FakeVoiceEngine(LATENCY))
    guarded.prepare(RATE_HZ, HOP)
    assert not through(guarded, SPEECH[: RATE_HZ // 10], RATE_HZ, HOP).any()


def late(seconds: float):
    return lambda sound: np.concatenate([np.zeros(round(seconds * RATE_HZ)), sound])[: len(sound)]


def raised(sound):
    return 2 * np.diff(sound, prepend=0.0) + 0.1 * sound


def noise_10_db_below(sound):
    level = np.sqrt(np.mean(sound**2) / 10)
    return sound + np.random.default_rng(0).normal(0, level, len(sound))


SLIPS = {
    "as it is": lambda sound: sound,
    "100 ms late": late(0.1),
    "200 ms late": late(0.2),
    "500 ms late": late(0.5),
    "with an echo of 2.3 ms": lambda sound: sound + 0.7 * late(0.0023)(sound),
    "with the treble raised": raised,
    "with tremolo": lambda sound: sound * (1 + 0.8 * np.sin(2 * np.pi * 6 * np.arange(len(sound)) / RATE_HZ)),
    "clipped": lambda sound: np.clip(sound, -0.05, 0.05),
    "with noise": noise_10_db_below,
    "turned and louder": lambda sound: -1.8 * sound,
}
MOST_HEARD_S = 0.3
SLOWER = {"with the treble raised": 0.4, "with noise": 0.4}
"""Seconds, where what is added hides half of the voice."""
LATE_S = {"100 ms late": 0.1, "200 ms late": 0.2, "500 ms late": 0.5}


class Slipping(FakeVoiceEngine):
    """Another voice for two seconds, then the natural one, altered a little."""

    def __init__(self, altered, after_s: float = 2.0) -> None:
        super().__init__(LATENCY)
        self._altered, self._after = altered, round(after_s * RATE_HZ)

    def process(self, block: AudioBlock) -> AudioBlock:
        other = super().process(block)
        if block.first_sample < self._after:
            return other
        place = slice(block.first_sample, block.first_sample + len(block.samples))
        return AudioBlock(self._altered[place, None], block.rate_hz, block.first_sample, block.captured_ns)


def is_heard(sound):
    """For every hop, whether there is anything to hear."""
    return np.abs(sound[: len(sound) // HOP * HOP].reshape(-1, HOP)).max(axis=1) > 0.01


def heard_s(sound) -> float:
    """Seconds in which there is anything to hear."""
    return float(is_heard(sound).sum()) * HOP / RATE_HZ


@pytest.mark.parametrize("after_s", [0.0, 2.0])
@pytest.mark.parametrize("way", SLIPS)
def test_at_most_a_third_of_a_second_of_a_natural_voice_is_heard(way, after_s):
    altered = np.asarray(SLIPS[way](SPEECH.astype(np.float64)), np.float32)
    guarded = SafeVoiceEngine(Slipping(altered, after_s))
    guarded.prepare(RATE_HZ, HOP)
    heard = through(guarded, SPEECH, RATE_HZ, HOP)
    assert heard_s(altered[round(after_s * RATE_HZ) :]) > 2.0, "the natural voice is there to be heard"
    # Noise that is added stays in pauses; it is not the natural voice.
    speaks = is_heard(late(LATE_S.get(way, 0.0))(SPEECH))[: len(heard) // HOP]
    natural_s = float((is_heard(heard) & speaks)[round(after_s * RATE_HZ) // HOP :].sum()) * HOP / RATE_HZ
    assert natural_s <= (SLOWER.get(way, MOST_HEARD_S) if after_s else 0.0)
    assert guarded.is_passthrough


@pytest.mark.parametrize("way", ["as it is", "200 ms late", "with an echo of 2.3 ms"])
def test_a_whisper_that_slips_through_is_silenced(way):
    whisper = hissing(5.0, RATE_HZ)
    altered = np.asarray(SLIPS[way](whisper.astype(np.float64)), np.float32)
    guarded = SafeVoiceEngine(Slipping(altered, 0.0))
    guarded.prepare(RATE_HZ, HOP)
    assert heard_s(through(guarded, whisper, RATE_HZ, HOP)) <= MOST_HEARD_S
    assert guarded.is_passthrough


def test_an_engine_that_changes_the_voice_again_is_heard_again():
    guarded = SafeVoiceEngine(Bypassed(lambda samples: samples, seconds=(2.0, 4.0)))
    guarded.prepare(RATE_HZ, HOP)
    heard, engine = through(guarded, SPEECH, RATE_HZ, HOP), FakeVoiceEngine(LATENCY)
    changed = through(engine, SPEECH, RATE_HZ, HOP)
    assert guarded.faults == 1 and not guarded.is_passthrough
    assert not heard[3 * RATE_HZ : 4 * RATE_HZ].any()
    np.testing.assert_array_equal(heard[5 * RATE_HZ + HALF :], changed[5 * RATE_HZ + HALF :])


def test_what_is_far_below_the_voice_is_not_judged():
    quiet = np.concatenate([SPEECH[: 2 * RATE_HZ], SPEECH[: 2 * RATE_HZ] * 0.02])
    guarded = SafeVoiceEngine(Bypassed(lambda samples: samples, seconds=(2.0, 60.0)))
    guarded.prepare(RATE_HZ, HOP)
    through(guarded, quiet, RATE_HZ, HOP)
    assert guarded.faults == 0


def test_prepare_comes_first():
    with pytest.raises(RuntimeError, match="prepare"):
        SafeVoiceEngine(FakeVoiceEngine()).process(AudioBlock(np.zeros((160, 1), np.float32), RATE_HZ, 0, 0))
