"""Crops of the classic method hold the upright face, whatever its place, size and roll."""

import numpy as np
import pytest

from livecam.core.pose import Pose
from livecam.core.topology import CANONICAL, OVAL
from tests.trained_faces import drawn_material
from trainer.crops import SIDE_PX, cut_crop, draw_mask, move_into_crop
from trainer.material import Material, material_from_bytes, material_to_bytes


def rolled(degrees, scale, place):
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]], np.float32)
    return Pose(scale, rotation, np.array([*place, 0], np.float32)).apply(CANONICAL)


@pytest.mark.parametrize(("degrees", "scale", "place"), [(0, 60, (150, 120)), (35, 90, (200, 180)), (-70, 200, (0, 9))])
def test_a_face_comes_upright_into_its_crop(degrees, scale, place):
    straight = move_into_crop(rolled(0, 100, (300, 300)))
    np.testing.assert_allclose(move_into_crop(rolled(degrees, scale, place))[:, :2], straight[:, :2], atol=0.05)
    assert straight[:, :2].min() > 0 and straight[:, :2].max() < SIDE_PX


def test_a_crop_shows_what_is_at_the_face():
    points = rolled(20, 80, (160, 150))
    picture = np.full((300, 320, 3), 30, np.uint8)
    middle = np.rint(points[OVAL, :2].mean(0)).astype(int)
    picture[middle[1] - 3 : middle[1] + 4, middle[0] - 3 : middle[0] + 4] = 250
    crop, at = cut_crop(picture, points), np.rint(move_into_crop(points)[OVAL, :2].mean(0)).astype(int)
    assert crop[at[1], at[0]].min() > 200
    assert crop[2, 2].max() == 30


def test_the_mask_is_the_face():
    mask = draw_mask(rolled(0, 90, (200, 200)))
    assert mask[SIDE_PX // 2, SIDE_PX // 2] == 1 and mask[1, 1] == 0
    assert 0.2 < mask.mean() < 0.6


def test_crops_are_kept_with_the_pictures():
    plain = drawn_material(8)
    crops = np.arange(8 * SIDE_PX * SIDE_PX * 3, dtype=np.uint8).reshape(8, SIDE_PX, SIDE_PX, 3)
    material = Material(plain.points, plain.detail, plain.at_ns, plain.tone, crops)
    again = material_from_bytes(material_to_bytes(material), "me")
    np.testing.assert_array_equal(again.crops, crops)
    np.testing.assert_array_equal(again.select(np.array([2, 5])).crops, crops[[2, 5]])
    assert material_from_bytes(material_to_bytes(plain), "me").crops is None
