"""Signs that need time: lids, lips, light, jitter and repeats, on faces that move as planned."""

import numpy as np
import pytest

from livecam.core.topology import NOSE_RIDGE
from livecam.verify.signs.blinks import find_blinks, measure_openness, read_blinks
from livecam.verify.signs.jitter import read_jitter
from livecam.verify.signs.light import read_colour, read_direction, read_lag
from livecam.verify.signs.lips import measure_speech, read_lips
from livecam.verify.signs.repeats import read_repeats
from livecam.verify.signs.series import SPEECH_HZ, FaceWindow
from livecam.verify.signs.sign import SignValue
from tests.unit.verify.signs.windows import open_lids, open_mouth, window


def blinking(depth: float, times_s=(2.0, 5.0)):
    def move(at_s, points):
        near = min(abs(at_s - time_s) for time_s in times_s)
        open_lids(points, 1 - depth * max(0.0, 1 - near / 0.12))

    return move


def score(read) -> float:
    assert isinstance(read, SignValue), read
    return read.score


def test_two_blinks_are_counted_and_measured():
    seen = window(move=blinking(0.95))
    assert len(find_blinks(seen.times_s, measure_openness(seen))) == 2
    read = read_blinks(seen)
    assert score(read) > 0.85 and read.figures["blinks"] == "15 a minute"
    assert 1.8 < read.at_s < 5.2


def test_lids_that_close_half_score_less_than_lids_that_close():
    assert score(read_blinks(window(move=blinking(0.4)))) < 0.5 < score(read_blinks(window(move=blinking(0.95))))


def talking(at_s):
    return 0.08 + 0.06 * np.sin(2 * np.pi * 2.7 * at_s) + 0.05 * np.sin(2 * np.pi * 1.3 * at_s + 1)


def speech(later_s: float = 0.0):
    at_s = np.arange(8 * SPEECH_HZ) / SPEECH_HZ - later_s
    return (-40 + 150 * talking(at_s)).astype(np.float32)


def spoken(later_s: float = 0.0):
    return window(move=lambda at_s, points: open_mouth(points, talking(at_s)), speech=speech(later_s))


@pytest.mark.parametrize("later_s", [-0.04, 0.0, 0.04])
def test_sound_that_fits_the_lips_scores_high(later_s):
    assert score(read_lips(spoken(later_s))) > 0.1


@pytest.mark.parametrize("shift_s", [-0.25, -0.12, 0.12, 0.25])
def test_shifted_sound_scores_low(shift_s):
    assert score(read_lips(spoken(shift_s))) < -0.1


def test_sound_of_another_talk_scores_low():
    other = np.random.default_rng(4).normal(size=8 * SPEECH_HZ)
    speech = (-40 + 8 * np.convolve(other, np.ones(8) / 2, mode="same")).astype(np.float32)
    seen = window(move=lambda at_s, points: open_mouth(points, talking(at_s)), speech=speech)
    assert score(read_lips(seen)) < 0


def test_a_mouth_that_is_shut_is_not_compared_with_speech():
    assert read_lips(window(speech=speech())) == "the mouth hardly moves"


def test_silence_and_no_sound_are_said():
    assert read_lips(window()) == "there is no sound"
    assert read_lips(window(speech=np.full(400, -120, np.float32))) == "too little speech"


def test_noise_is_not_taken_for_speech_and_quiet_speech_is():
    noise = np.random.default_rng(1).normal(-60, 1, 400).astype(np.float32)
    talk = window(move=lambda at_s, points: open_mouth(points, talking(at_s)), speech=noise)
    assert "no speech stands out" in str(read_lips(talk))
    quiet = window(move=lambda at_s, points: open_mouth(points, talking(at_s)), speech=speech() - 35)
    assert score(read_lips(quiet)) > 0.1


def test_speech_energy_is_high_where_a_voice_is():
    at_s = np.arange(48_000) / 48_000
    sound = np.where(at_s < 0.5, np.sin(2 * np.pi * 300 * at_s), 0).astype(np.float32)
    energy = measure_speech(sound)
    assert len(energy) == SPEECH_HZ and energy[:20].min() > energy[30:].max() + 40


def lit(at_s, behind_s=0.0):
    face, neck = (110 + 30 * np.sin(2 * np.pi * 1.1 * (at_s - lag)) for lag in (behind_s, 0.0))
    return np.float32([[face] * 3] * 2 + [[neck] * 3] * 2)


@pytest.mark.parametrize("behind_s", [0.0, 0.1])
def test_the_delay_of_the_light_is_measured(behind_s):
    read = read_lag(window(colours=lambda at_s: lit(at_s, behind_s)))
    assert score(read) == pytest.approx(1000 * behind_s, abs=15)


def test_steady_light_has_no_delay_to_measure():
    assert "hardly changes" in read_lag(window())


def test_another_tint_and_another_side_of_light_are_measured():
    same = np.full((4, 3), 120, np.float32)
    tinted, shaded = same.copy(), same.copy()
    tinted[:2] = 90, 120, 150
    shaded[0] *= 1.5
    assert score(read_colour(window(colours=tinted))) > score(read_colour(window(colours=same))) + 0.2
    assert score(read_direction(window(colours=shaded))) > score(read_direction(window(colours=same))) + 0.2


def test_a_neck_out_of_the_picture_is_said():
    unseen = np.full((4, 3), 120, np.float32)
    unseen[2:] = np.nan
    assert (
        read_colour(window(colours=unseen))
        == read_direction(window(colours=unseen))
        == "the neck is not in the picture"
    )


def test_an_inside_that_trembles_scores_high():
    random = np.random.default_rng(1)

    def tremble(at_s, points):
        points[:, :2] += random.normal(0, 0.2, (468, 2)).astype(np.float32)

    def tremble_inside(at_s, points):
        tremble(at_s, points)
        points[NOSE_RIDGE, :2] += random.normal(0, 2, (len(NOSE_RIDGE), 2)).astype(np.float32)

    assert score(read_jitter(window(move=tremble_inside))) > score(read_jitter(window(move=tremble))) + 0.5


def test_jitter_is_the_same_at_half_the_pictures_a_second():
    random = np.random.default_rng(2)

    def tremble(at_s, points):
        points[:, :2] += random.normal(0, 1, (468, 2)).astype(np.float32)

    whole = window(move=tremble)
    assert score(read_jitter(whole)) == score(read_jitter(FaceWindow(whole.readings[::2], ())))


def test_faces_held_before_a_moving_room_are_counted():
    held = window(change=lambda at_s: (0.0, 3.0) if round(at_s * 30) % 3 else (3.0, 3.0))
    assert score(read_repeats(held)) == pytest.approx(2 / 3, abs=0.02)
    assert score(read_repeats(window(change=(3.0, 3.0)))) == 0


def test_repeated_whole_pictures_are_no_repeated_faces():
    whole = window(change=lambda at_s: (0.0, 0.0) if round(at_s * 30) % 2 else (3.0, 3.0))
    assert score(read_repeats(whole)) == 0


@pytest.mark.parametrize("read", [read_blinks, read_jitter, read_lag])
def test_a_short_window_is_not_judged(read):
    assert isinstance(read(window(1.0)), str)
