"""The persona's tone of skin on the live body: what is tone, what is light, and what is skin."""

import numpy as np
import pytest

from livecam.core.fakes import fake_face_points
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.skin_tone import SkinTone

LIVE = np.array([120, 150, 190], np.float32)
"""The live skin, BGR."""
SKIN = np.log(LIVE + 4)
GREEN = (60, 160, 60)
DARKER = np.array([0.5, 0.5, 0.5], np.float32)
"""Change from a dark persona to a light body."""


def well_lit():
    pixels = np.full((240, 320, 3), 105, np.uint8)
    pixels[:60] = 190
    return pixels


def parts(kind):
    shares = np.zeros((CLASS_COUNT, 40, 40), np.float32)
    shares[kind] = 1
    return HeadParts(shares, np.array([[0.5, 0, 0], [0, 0.5, 0]], np.float32))


def halves():
    """Skin on the left, a green thing on the right."""
    small = np.full((80, 80, 3), GREEN, np.uint8)
    small[:, :40] = LIVE
    return small


def geometry(x=40.0):
    return HeadGeometry.of(fake_face_points((x, 40.0), 16.0))


def test_in_good_light_a_difference_of_brightness_is_tone():
    assert SkinTone().learn(DARKER, well_lit()) == pytest.approx(DARKER, abs=0.1)


def test_a_lamp_that_goes_out_is_light_and_not_tone():
    tone = SkinTone()
    before = tone.learn(DARKER, well_lit()).copy()
    after = tone.learn(DARKER - 1, (well_lit() * 0.37).astype(np.uint8))
    assert after == pytest.approx(before, abs=0.03)


@pytest.mark.parametrize("kind", [HeadClass.SKIN, HeadClass.FRONT])
def test_skin_is_found_by_its_colour_and_a_green_cup_is_not(kind):
    share = SkinTone().find(halves(), parts(kind), geometry(), SKIN)
    assert share[20:60, 5:35].min() > 0.9 and share[20:60, 45:75].max() < 0.1


@pytest.mark.parametrize("kind", [HeadClass.BACKGROUND, HeadClass.CLOTHES, HeadClass.HAIR, HeadClass.HEAD])
def test_what_is_no_body_skin_keeps_its_colour(kind):
    assert SkinTone().find(halves(), parts(kind), geometry(), SKIN).max() == 0


def test_without_a_look_the_skin_moves_with_the_head():
    tone = SkinTone()
    tone.find(halves(), parts(HeadClass.SKIN), geometry(), SKIN)
    share = tone.find(halves(), None, geometry(50.0), SKIN)
    assert share[40, 45] > 0.9 and share[40, 55] < 0.1


def test_the_body_takes_the_personas_tone_and_the_cup_keeps_its_own():
    tone, pixels = SkinTone(), halves()
    tone.learn(DARKER, well_lit())
    tone.tint(pixels, tone.find(pixels, parts(HeadClass.SKIN), geometry(), SKIN), SKIN)
    wanted = (LIVE + 4) * np.exp(-DARKER) - 4
    assert pixels[40, 10] == pytest.approx(wanted, abs=14)
    assert tuple(pixels[40, 70]) == GREEN


def test_a_hand_in_front_of_the_face_takes_the_tone():
    tone, pixels = SkinTone(), halves()
    tone.learn(DARKER, well_lit())
    covered = np.zeros((20, 20), np.float32)
    covered[10:] = 1
    tone.tint_thing(pixels, covered, SKIN)
    assert pixels[70, 10].mean() < LIVE.mean() - 30
    assert tuple(pixels[5, 10]) == tuple(LIVE) and tuple(pixels[70, 70]) == GREEN


def test_nothing_is_tinted_before_the_tone_is_known():
    tone, pixels = SkinTone(), halves()
    tone.tint(pixels, np.ones((80, 80), np.float32), SKIN)
    assert (pixels == halves()).all()
