import numpy as np
import pytest

from livecam.core import topology
from livecam.core.pose import fit_pose, remove_pose
from livecam.core.texture import FaceTexture
from livecam.video.render.motion import Motion, fit_picture_pose, keep_lips_apart
from livecam.video.render.puppet import Puppet
from tests.unit.video.drawn import detail_texture, mean_colour, mesh, picture, points_at

SIZE = (320, 240)
REST = points_at()


def photo():
    points = points_at((300, 240), 300)
    return FaceTexture(picture(points), points[:, :2].copy(), shape=remove_pose(points))


def play(puppet, *faces):
    out = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    for points in faces:
        puppet.draw(None if points is None else mesh(points), out)
    return out


def with_mouth_open(points, by_px=30):
    opened = points.copy()
    opened[topology.INNER_LIPS[1:10], 1] += by_px
    return opened


def with_eyes_shut(points):
    shut = points.copy()
    for ring in (topology.RIGHT_EYE, topology.LEFT_EYE):
        shut[ring[:8:-1]] = shut[ring[1:8]]
    return shut


def test_without_a_face_the_photo_rests():
    assert np.array_equal(play(Puppet(photo(), SIZE), None), play(Puppet(photo(), SIZE), None))


def test_a_face_at_rest_leaves_the_photo_as_it_is():
    puppet = Puppet(photo(), SIZE)
    assert np.abs(play(puppet, REST, REST).astype(int) - play(puppet, None)).mean() < 0.5


def test_a_turning_head_turns_the_photo_and_the_room_stays():
    puppet = Puppet(photo(), SIZE)
    still = play(puppet, *[REST] * 20).astype(int)
    turned = play(puppet, points_at(yaw_deg=25)).astype(int)
    change = np.abs(turned - still).max(2)
    face, room = change[60:190, 110:210].mean(), change[:, [*range(8), *range(-8, 0)]].mean()
    assert face > 4
    assert room < 0.2 * face


def test_an_opening_mouth_shows_a_dark_inside():
    puppet = Puppet(photo(), SIZE)
    still = play(puppet, *[REST] * 20)
    opened = play(puppet, with_mouth_open(REST))
    change = opened.astype(int).mean(2) - still.astype(int).mean(2)
    assert change.min() < -40


def test_shut_eyes_shut_the_photos():
    puppet = Puppet(photo(), SIZE)
    blue = (230, 60, 60)

    def eye_pixels(pixels):
        return int((np.abs(pixels.astype(int) - blue).max(2) < 50).sum())

    seen = eye_pixels(play(puppet, *[REST] * 20))
    assert eye_pixels(play(puppet, with_eyes_shut(REST))) < 0.35 * seen


def test_however_wild_the_face_the_photo_moves_within_limits():
    motion = Motion(topology.CANONICAL, fit_pose(REST))
    for _ in range(20):
        motion.move_points(REST)
    calm = motion.move_points(REST)
    wild = motion.move_points(points_at((3000, -2000), 900, yaw_deg=80))
    assert np.abs(wild - calm).max() < 0.8 * np.ptp(REST[:, 1])


def test_lips_never_cross():
    shape = topology.CANONICAL.copy()
    shape[topology.INNER_LIPS[1:10], 1] -= 0.2
    keep_lips_apart(shape)
    lower, upper = topology.INNER_LIPS[1:10], topology.INNER_LIPS[:10:-1]
    assert (shape[lower, 1] >= shape[upper, 1]).all()


def test_reset_takes_the_next_face_as_rest():
    puppet = Puppet(photo(), SIZE)
    first = play(puppet, REST)
    play(puppet, *[points_at(yaw_deg=20)] * 5)
    puppet.reset()
    assert np.array_equal(play(puppet, REST), first)


def test_the_pose_of_a_shape_in_a_picture_is_found():
    points = points_at((100, 80), 60, yaw_deg=15)
    pose = fit_picture_pose(points[:, :2], topology.CANONICAL)
    assert pose.apply(topology.CANONICAL)[:, :2] == pytest.approx(points[:, :2], abs=0.05)


def test_an_atlas_is_no_puppet():
    with pytest.raises(ValueError, match="photo itself"):
        Puppet(detail_texture(), SIZE)


def test_a_photo_without_a_known_shape_will_do():
    points = points_at((300, 240), 300)
    puppet = Puppet(FaceTexture(picture(points), points[:, :2].copy()), SIZE)
    moved = play(puppet, REST, REST)
    assert mean_colour(moved, points_at((160, 125), 150), 50).mean() == pytest.approx(153, abs=6)


def test_the_same_faces_give_the_same_pictures():
    runs = [play(Puppet(photo(), SIZE), REST, points_at(yaw_deg=10), with_mouth_open(REST)) for _ in range(2)]
    assert np.array_equal(*runs)
