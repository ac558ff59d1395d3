"""Places that are read at another size: soft inside a surface, and never halfway between two of them."""

import cv2
import numpy as np

from livecam.video.render.sampling import enlarge_places, is_turned


def ramp(first, step=2.0):
    columns = np.arange(20, dtype=np.float32) * step + first
    return np.dstack([np.tile(columns, (20, 1)), np.tile(columns[:, None], (1, 20))])


def test_a_smooth_surface_stays_smooth():
    assert np.array_equal(enlarge_places(ramp(5), (40, 40), 6.0), cv2.resize(ramp(5), (40, 40)))


def test_no_place_is_between_a_near_surface_and_a_far_one():
    places = np.hstack([ramp(0), ramp(200)])
    soft, kept = (cv2.resize(places, (80, 40)), enlarge_places(places, (80, 40), 6.0))
    between = [(made[..., 0] > 60) & (made[..., 0] < 190) for made in (soft, kept)]
    assert between[0].any() and not between[1].any()


def test_a_face_is_turned_by_the_depth_from_ear_to_ear():
    ears = np.zeros((2, 3), np.float32)
    ears[1] = (100, 0, 5)
    assert not is_turned(ears, (0, 1))
    ears[1] = (80, 0, -60)
    assert is_turned(ears, (0, 1))
