"""The phrase: a person is heard, the mouth moves, and the voice is the enrolled one as far as spectra tell."""

import numpy as np
import pytest

from livecam.core.errors import ConsentError
from livecam.core.fakes import FakeFinder, FakeSource, fake_face_points
from livecam.core.topology import MOUTH_OPENING
from livecam.enrollment.challenge import Challenge, Move
from livecam.enrollment.live_check import FaceFollower, PassedCheck
from livecam.enrollment.phrase import LONGEST_S, RATE_HZ, check_voice, hear_phrase
from livecam.plugins import open_voice_maker
from tests.sounds import talking

EMPTY = np.zeros((240, 320, 3), np.uint8)


def face(mouth_px: float = 0.0):
    points = fake_face_points((160, 120), 60)
    points[MOUTH_OPENING[1], 1] += mouth_px
    return [points]


def make_speaker(faces) -> PassedCheck:
    return PassedCheck(Challenge((Move.LEFT,), (0,), "I agree: river"), FaceFollower(FakeFinder(faces)))


TALKS = [face(12.0 * (number % 6 > 2)) for number in range(600)]


def listen(faces, sound, reported=lambda line: None, frames=500):
    place = 0

    def hear(count):
        nonlocal place
        place += count
        return None if place - count >= len(sound) else sound[place - count : place]

    return hear_phrase(FakeSource([EMPTY] * frames), make_speaker(faces), hear, reported)


def test_what_is_said_is_heard_as_long_as_it_lasts():
    sound = np.arange(3 * RATE_HZ, dtype=np.float32)
    reported = []
    heard = listen(TALKS, sound, reported.append)
    assert np.array_equal(heard, sound[: len(heard)])
    assert len(heard) > 2.9 * RATE_HZ
    assert reported == ['Say aloud, within 12 seconds: "I agree: river"']


def test_listening_ends_by_itself():
    heard = listen(TALKS, np.ones(60 * RATE_HZ, np.float32))
    assert len(heard) <= LONGEST_S * RATE_HZ


def test_nothing_is_heard_where_the_picture_ends_at_once():
    with pytest.raises(ConsentError, match="the face was lost"):
        listen(TALKS, np.ones(RATE_HZ, np.float32), frames=0)


def test_a_mouth_that_stays_shut_did_not_say_it():
    with pytest.raises(ConsentError, match="the mouth in the picture did not move") as caught:
        listen([face()], np.ones(60 * RATE_HZ, np.float32))
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("faces", [[[]], [[*face(), *[fake_face_points((60, 60), 50)]]]])
def test_no_face_or_two_faces_did_not_say_it(faces):
    with pytest.raises(ConsentError, match="the face was lost while the phrase was said"):
        listen(faces, np.ones(60 * RATE_HZ, np.float32))


@pytest.fixture(scope="module")
def maker():
    return open_voice_maker()


@pytest.fixture(scope="module")
def enrolled(maker):
    return maker.learn(talking(12, RATE_HZ, 120.0, seed=1), RATE_HZ)


def test_the_enrolled_voice_is_known_by_another_phrase(maker, enrolled):
    line = check_voice(talking(8, RATE_HZ, 120.0, seed=2), maker, enrolled, "I agree")
    assert line.startswith('phrase said, words not checked: "I agree"; compared with the enrolled voice: distance 0.')


def test_another_voice_is_refused(maker, enrolled):
    with pytest.raises(ConsentError, match="in another voice than the enrolled one"):
        check_voice(talking(8, RATE_HZ, 210.0, size=1.2, seed=2), maker, enrolled, "I agree")


def test_without_an_enrolled_voice_the_phrase_must_still_be_spoken(maker):
    line = check_voice(talking(8, RATE_HZ, 120.0), maker, None, "I agree")
    assert line.endswith("no voice to compare it with")
    for nothing in (np.zeros(8 * RATE_HZ, np.float32), np.zeros(0, np.float32)):
        with pytest.raises(ConsentError, match="the phrase was not heard well enough"):
            check_voice(nothing, maker, None, "I agree")
