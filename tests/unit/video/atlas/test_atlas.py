"""The atlas holds the face without pose and light, knows what is not seen, and shuts what is shut."""

import cv2
import numpy as np
import pytest

from livecam.core.expression import EFFECT, KINDS
from livecam.core.pose import Pose
from livecam.core.topology import CANONICAL, INNER_LIPS, OUTER_LIPS, OVAL, TRIANGLES
from livecam.video.atlas.detail import GAIN, read_detail
from livecam.video.atlas.layout import LAYOUT
from livecam.video.atlas.openings import close_openings, measure_open, settle
from livecam.video.atlas.unroll import atlas_of

ATLAS = atlas_of()


def posed(shape=CANONICAL, yaw_deg=0.0, scale=150.0):
    turn = np.radians(yaw_deg)
    rotation = np.array([[np.cos(turn), 0, -np.sin(turn)], [0, 1, 0], [np.sin(turn), 0, np.cos(turn)]], np.float32)
    return Pose(scale, rotation, np.array([320, 240, 0], np.float32)).apply(shape)


def with_mouth_shut():
    shut = CANONICAL.copy()
    shut[INNER_LIPS[1:10]] = shut[INNER_LIPS[:10:-1]]
    return shut


def with_mouth_open():
    return CANONICAL + np.float32(0.8) * EFFECT[KINDS.index("jaw")]


def drawn(points):
    """A picture with a checked face at a mesh."""
    texture = (np.indices((160, 160)).sum(0) // 10 % 2 * 60 + 110).astype(np.float32)
    picture = np.full((480, 640, 3), 60, np.float32)
    for triangle in TRIANGLES:
        matrix = cv2.getAffineTransform(
            points[triangle, :2].astype(np.float32), ATLAS.points[triangle].astype(np.float32)
        )
        corners = points[triangle, :2]
        left, top = np.floor(corners.min(0)).astype(int)
        inside = np.zeros(np.ceil(np.ptp(corners, axis=0)).astype(int)[::-1] + 2, np.uint8)
        cv2.fillConvexPoly(inside, np.rint((corners - [left, top]) * 16).astype(np.int32), 1, shift=4)
        rows, columns = np.nonzero(inside)
        rows, columns = rows + top, columns + left
        places = np.column_stack([columns, rows]) @ matrix[:, :2].T + matrix[:, 2]
        read = np.clip(np.rint(places), 0, 159).astype(int)
        picture[rows, columns] = texture[read[:, 1], read[:, 0], None]
    return np.clip(picture, 0, 255).astype(np.uint8)


def test_every_opening_has_texels():
    counts = [int((ATLAS.openings == number).sum()) for number in (1, 2, 3)]
    assert min(counts) > 150
    assert abs(counts[1] - counts[2]) < 0.2 * counts[1]


def test_mouth_and_eyes_are_held_open_in_the_layout():
    assert np.ptp(LAYOUT[INNER_LIPS, 1]) > 0.06
    outer = LAYOUT[OUTER_LIPS]
    assert (LAYOUT[INNER_LIPS].min(0) >= outer.min(0) - 1e-3).all()
    assert (LAYOUT >= 0).all() and (LAYOUT <= 1).all()


def test_few_triangles_fold():
    a, b, c = (LAYOUT[TRIANGLES[:, k]] for k in range(3))
    area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert np.count_nonzero(area * np.sign(np.median(area)) <= 0) <= 12


def test_a_face_is_read_alike_in_two_sizes_and_turns():
    near = read_detail(drawn(posed(scale=170)), posed(scale=170)).detail.astype(np.float32)
    turned = read_detail(drawn(posed(yaw_deg=12, scale=120)), posed(yaw_deg=12, scale=120)).detail.astype(np.float32)
    inner = cv2.erode((ATLAS.face & (ATLAS.openings == 0)).astype(np.uint8), np.ones((31, 31))) > 0
    assert np.corrcoef(near[inner].ravel(), turned[inner].ravel())[0, 1] > 0.8


def test_light_from_one_side_is_taken_out():
    even = read_detail(drawn(posed()), posed()).detail.astype(np.float32)
    lit = drawn(posed()).astype(np.float32) * (0.6 + 0.6 * np.arange(640) / 640)[None, :, None]
    sided = read_detail(np.clip(lit, 0, 255).astype(np.uint8), posed()).detail.astype(np.float32)
    inner = cv2.erode(ATLAS.face.astype(np.uint8), np.ones((25, 25))) > 0
    assert np.abs(even - sided)[inner].mean() < 0.06 * GAIN


def test_plain_skin_is_stored_as_one():
    detail = read_detail(np.full((480, 640, 3), 130, np.uint8), posed()).detail
    assert np.abs(detail[ATLAS.face].astype(float) - GAIN).max() <= 2


def test_what_is_turned_away_is_not_trusted():
    facing = read_detail(np.full((480, 640, 3), 130, np.uint8), posed(yaw_deg=40)).trust
    left, right = facing[:, 20:60].mean(), facing[:, 100:140].mean()
    assert min(left, right) < 0.5 * max(left, right)


@pytest.mark.parametrize(("shape", "low", "high"), [(with_mouth_shut(), 0.0, 0.1), (with_mouth_open(), 0.9, 1.0)])
def test_an_inner_mouth_is_trusted_only_where_it_is_open(shape, low, high):
    trust = read_detail(np.full((480, 640, 3), 130, np.uint8), posed(shape)).trust
    assert low <= trust[ATLAS.openings == 1].mean() <= high


def test_a_shut_mouth_shows_the_lips_next_to_it():
    picture = np.full((160, 160, 3), 100, np.uint8)
    picture[ATLAS.openings == 1] = 255
    closed = close_openings(picture, posed(with_mouth_shut()))
    assert closed[ATLAS.openings == 1].max() < 100
    assert (closed[ATLAS.openings == 0] == picture[ATLAS.openings == 0]).all()
    assert (picture[ATLAS.openings == 1] == 255).all()


def test_an_open_mouth_is_left_as_it_is():
    picture = np.random.default_rng(0).integers(0, 255, (160, 160, 3), np.uint8)
    points = posed(with_mouth_open())
    assert measure_open(points)[0] == 1
    assert (close_openings(picture, points)[ATLAS.openings == 1] == picture[ATLAS.openings == 1]).all()


def test_the_outline_of_the_layout_is_the_faces():
    assert not ATLAS.face[0].any() and not ATLAS.face[:, 0].any()
    assert ATLAS.face[tuple(np.clip(np.rint(ATLAS.points[OVAL].mean(0)), 0, 159).astype(int)[::-1])]


def test_a_shut_mouth_is_known_and_has_the_lips_colour():
    points = posed(with_mouth_shut())
    seen = read_detail(drawn(points), points)
    smeared = seen.detail.copy()
    smeared[ATLAS.openings == 1] = 255
    settled, known = settle(smeared, seen.trust, points)
    inner = ATLAS.openings == 1
    assert seen.trust[inner].mean() < 0.3
    assert known[inner].min() > 0.99
    assert settled[inner].mean() < 0.8 * 255
    np.testing.assert_array_equal(settled[ATLAS.openings == 0], smeared[ATLAS.openings == 0])


def test_an_open_face_is_settled_as_it_is():
    points = posed(with_mouth_open())
    seen = read_detail(drawn(points), points)
    settled, known = settle(seen.detail, seen.trust, points)
    mouth = ATLAS.openings == 1
    np.testing.assert_array_equal(settled[mouth], seen.detail[mouth])
    np.testing.assert_allclose(known[mouth], seen.trust[mouth], atol=1e-6)
