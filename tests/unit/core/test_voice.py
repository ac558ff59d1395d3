import dataclasses

import numpy as np
import pytest

from livecam.core.voice import VoiceStatistics, is_similar, warn_of_distance

VOICE = VoiceStatistics(
    spectra=np.zeros((3, 40), np.float32),
    weights=np.full(3, 1 / 3, np.float32),
    voiced=np.array([False, True, True]),
    mean=np.zeros((2, 40), np.float32),
    spread=np.ones((2, 40), np.float32),
    pitch=float(np.log(120.0)),
    pitch_spread=0.3,
    speech_s=20.0,
)


def test_a_voice_knows_its_pitch():
    assert VOICE.pitch_hz == pytest.approx(120)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"spectra": np.zeros((3, 39), np.float32)}, "shaped"),
        ({"voiced": np.array([True] * 3)}, "voiced and unvoiced"),
        ({"mean": np.full((2, 40), np.nan, np.float32)}, "finite"),
        ({"pitch": float("inf")}, "finite"),
        ({"read": {"a sentence": np.array([0, 3], np.uint16)}}, "classes under 3"),
    ],
)
def test_a_voice_that_makes_no_sense_is_refused(wrong, says):
    with pytest.raises(ValueError, match=says):
        dataclasses.replace(VOICE, **wrong)


@pytest.mark.parametrize(("semitones", "says"), [(9.6, "10 semitones higher"), (-12, "12 semitones lower")])
def test_a_voice_beyond_nine_semitones_is_far(semitones, says):
    other = dataclasses.replace(VOICE, pitch=VOICE.pitch + semitones * np.log(2) / 12)
    remark = warn_of_distance(VOICE, other, "other")
    assert remark is not None and says in remark and remark.startswith("other")


@pytest.mark.parametrize("semitones", [-8.9, 0, 8.9])
def test_a_voice_within_nine_semitones_is_near(semitones):
    other = dataclasses.replace(VOICE, pitch=VOICE.pitch + semitones * np.log(2) / 12)
    assert warn_of_distance(VOICE, other, "other") is None


@pytest.mark.parametrize(
    ("semitones", "colour", "same"), [(0, 0, True), (2, 0.2, True), (3, 0, False), (0, 0.5, False)]
)
def test_voices_as_high_and_as_coloured_may_be_one_persons(semitones, colour, same):
    mean = VOICE.mean + colour * VOICE.spread
    other = dataclasses.replace(VOICE, pitch=VOICE.pitch + semitones * np.log(2) / 12, mean=mean)
    assert is_similar(VOICE, other) is same and is_similar(other, VOICE) is same
