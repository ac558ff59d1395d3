"""Parts of mode head: geometry, masks and when they are believed, the room, the calm pose, the fill."""

import cv2
import numpy as np
import pytest

from livecam.core.clock import NS_PER_S
from livecam.core.face import POINT_COUNT
from livecam.core.fakes import FakeSegmenter, fake_face_points
from livecam.core.pose import Pose, fit_pose
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts
from livecam.core.texture import FaceTexture
from livecam.video.head.calm import CalmPose
from livecam.video.head.cutout import cut_out_head
from livecam.video.head.fill import push_pull
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import HeadGrid
from livecam.video.head.layer import LayerDrawer
from livecam.video.head.live_face import _lid_hull
from livecam.video.head.masks import CARRY_NS, SKULL_NS, GridParts, HeadMask, Rung, recall
from livecam.video.head.room import STRIPES, Room
from livecam.video.head.shell import Shell
from livecam.video.head.takeout import keep_front
from livecam.video.head.tone import HeadColours
from livecam.video.render.eyelids import EYES
from livecam.video.render.renderer import light_maker
from livecam.video.tracking.smoothing import to_rotation, to_rotation_vector

SIZE_WH = (320, 240)
PERIOD_NS = NS_PER_S // 30


def scene(centre=(160.0, 110.0), eye_px=64.0, wall=(96, 104, 110)):
    """A plain wall, the mesh of a face before it, its grid and geometry."""
    pixels = np.full((SIZE_WH[1], SIZE_WH[0], 3), wall, np.uint8)
    points = fake_face_points(centre, eye_px)
    grid = HeadGrid.cut(pixels, points, HeadGeometry.of(points).height, None)
    return pixels, points, grid, HeadGeometry.of(grid.to_grid(points))


def look(grid, points, segmenter=None):
    return (segmenter or FakeSegmenter()).segment(grid.small, grid.to_grid(points))


def nothing(found):
    shares = np.zeros((CLASS_COUNT, 80, 80), np.float32)
    shares[HeadClass.BACKGROUND] = 1
    return HeadParts(shares, found.to_map)


def test_a_fill_keeps_what_is_known_and_continues_it():
    known = np.zeros((32, 32), np.float32)
    known[:, :8] = 1
    filled = push_pull(np.full((32, 32, 3), 50, np.float32) * known[..., None], known)
    assert np.allclose(filled, 50, atol=1.0)


def test_the_grid_is_as_large_for_a_large_face_as_for_a_small_one():
    large = np.zeros((1080, 1920, 3), np.uint8)
    sides = []
    for eye_px in (64.0, 128.0, 256.0):
        points = fake_face_points((960.0, 500.0), eye_px)
        sides.append(max(HeadGrid.cut(large, points, HeadGeometry.of(points).height, None).shape))
    assert max(sides) < 1.5 * min(sides)


def test_grid_points_and_frame_points_are_the_same_places():
    _pixels, _points, grid, _ = scene()
    left, top, step = grid.left, grid.top, grid.step
    corner = np.array([[left + (step - 1) / 2, top + (step - 1) / 2, 0]], np.float32)
    assert np.allclose(grid.to_grid(corner)[0, :2], 0, atol=1e-4)


def test_a_right_look_is_believed_and_its_mask_holds_face_and_hair():
    _, points, grid, geometry = scene()
    masks = HeadMask()
    mask = masks.update(look(grid, points), grid, geometry, 0)
    face = np.zeros(grid.shape, np.uint8)
    geometry.draw_face(face)
    assert masks.rung is Rung.SEEN and (mask[face > 0] == 255).all()
    assert (mask > 0).sum() > 1.5 * (face > 0).sum()


@pytest.mark.parametrize("turn", [-40, 0, 40])
def test_the_zone_is_above_the_lobes_however_the_head_leans(turn):
    points = fake_face_points((0.0, 0.0), 64.0)
    angle = np.radians(turn)
    spin = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    leaning = (points[:, :2] @ spin.T + 160).astype(np.float32)
    geometry = HeadGeometry.of(leaning)
    zone = np.zeros((320, 320), np.uint8)
    geometry.draw_zone(zone)
    above, below = geometry.middle + geometry.up * 70, geometry.middle - geometry.up * 90 + geometry.right * 40
    assert zone[round(float(above[1])), round(float(above[0]))] == 255
    assert zone[round(float(below[1])), round(float(below[0]))] == 0


def test_without_a_look_the_mask_is_carried_then_the_skulls_then_lost():
    _, points, grid, geometry = scene()
    masks = HeadMask()
    found = look(grid, points)
    masks.update(found, grid, geometry, 0)
    rungs = []
    for at_ns in (CARRY_NS, CARRY_NS + PERIOD_NS, SKULL_NS, SKULL_NS + PERIOD_NS):
        mask = masks.update(None, grid, geometry, at_ns)
        rungs.append(masks.rung)
        face = np.zeros(grid.shape, np.uint8)
        geometry.draw_face(face)
        assert (mask[face > 0] == 255).all()
    assert rungs == [Rung.CARRIED, Rung.SKULL, Rung.SKULL, Rung.LOST]
    masks.update(found, grid, geometry, SKULL_NS + 2 * PERIOD_NS)
    assert masks.rung is Rung.SEEN


def test_a_carried_mask_goes_along_with_the_head():
    _, points, grid, geometry = scene()
    masks = HeadMask()
    masks.update(look(grid, points), grid, geometry, 0)
    _pixels, _moved, grid2, there = scene(centre=(180.0, 116.0))
    mask = masks.update(None, grid2, there, PERIOD_NS)
    skull = np.zeros(grid2.shape, np.uint8)
    there.draw_face(skull)
    _rows, columns = np.nonzero(mask)
    assert masks.rung is Rung.CARRIED
    assert abs(columns.mean() - there.middle[0]) < 3


def test_a_look_of_which_the_head_jumps_in_size_is_doubted_for_two_frames():
    _, points, grid, geometry = scene()
    masks, found = HeadMask(), look(grid, points)
    masks.update(found, grid, geometry, 0)
    shares = found.shares.copy()
    shares[HeadClass.HEAD, :26] = shares[HeadClass.HEAD, :, :29] = shares[HeadClass.HEAD, :, 52:] = 0
    shares[HeadClass.BACKGROUND] = 1 - shares[1:].sum(0)
    smaller = HeadParts(shares, found.to_map)
    rungs = []
    for n in range(1, 5):
        masks.update(smaller, grid, geometry, n * PERIOD_NS)
        rungs.append(masks.rung)
    assert rungs[0] is Rung.CARRIED and rungs[-1] is Rung.SEEN


def test_the_room_is_never_learned_where_a_head_must_be():
    """A network that sees no one teaches the room nothing of the live head."""
    pixels, points, grid, geometry = scene()
    pixels[:] = 250
    room = Room(SIZE_WH)
    parts = GridParts.of(nothing(look(grid, points)), grid)
    for _ in range(STRIPES):
        room.learn(pixels, grid, parts, geometry)
    face = np.zeros((SIZE_WH[1], SIZE_WH[0]), np.uint8)
    HeadGeometry.of(points).draw_face(face)
    assert not room.known[face > 0].any()


def test_the_hidden_room_follows_the_light_of_the_seen_one():
    pixels, points, grid, geometry = scene(wall=(100, 100, 100))
    parts, room = GridParts.of(look(grid, points), grid), Room(SIZE_WH)
    room.learn(pixels, grid, parts, geometry)
    darker = np.full_like(pixels, 60)
    small = HeadGrid.cut(darker, points, HeadGeometry.of(points).height, grid.step)
    room.learn(darker, small, parts, geometry)
    at = tuple(int(v) for v in HeadGeometry.of(points).middle[::-1])
    assert abs(int(room.colours[at][0]) - 60) <= 4


def test_the_room_learns_a_moved_head_s_place():
    pixels, points, grid, geometry = scene()
    room = Room(SIZE_WH)
    room.learn(pixels, grid, GridParts.of(look(grid, points), grid), geometry)
    before = room.known.copy()
    for _ in range(STRIPES + 1):
        _, moved, there, geometry2 = scene(centre=(230.0, 110.0))
        room.learn(pixels, there, GridParts.of(look(there, moved), there), geometry2)
    assert (room.known > before).any()


def pose_at(turn, offset=(160.0, 110.0, 0.0)):
    return Pose(64.0, to_rotation(np.array(turn, np.float32)), np.array(offset, np.float32))


MIDDLE = np.array([160.0, 110.0], np.float32)


def calm_turns(turns, middles=None):
    """Rotation vectors and places of a calm head for those measured, at 30 a second."""
    calm, found = CalmPose(), []
    for n, turn in enumerate(turns):
        pose, place = calm.update(pose_at(turn), MIDDLE if middles is None else middles[n], n * PERIOD_NS)
        found.append(np.concatenate([to_rotation_vector(pose.rotation), place]))
    return np.array(found)


def test_a_trembling_head_is_calmed_and_a_turning_one_followed():
    rng = np.random.default_rng(0)
    shaken = MIDDLE + rng.normal(0, 0.5, (60, 2)).astype(np.float32)
    still = calm_turns(rng.normal(0, 0.01, (60, 3)), shaken)
    assert still[20:, :3].std(0).max() < 0.004 and still[20:, 3:].std(0).max() < 0.2
    turns = 0.6 * np.sin(np.arange(60) / 10)
    followed = calm_turns(np.stack([0 * turns, turns, 0 * turns], 1))
    assert np.abs(followed[:, 1] - turns).max() < 0.16


def test_a_turn_about_one_axis_lets_no_tremble_about_another_through():
    rng, turns = np.random.default_rng(1), 0.6 * np.sin(np.arange(60) / 6)
    measured = np.stack([rng.normal(0, 0.01, 60), turns, 0 * turns], 1)
    pitch = calm_turns(measured)[:, 0]
    assert np.diff(pitch, 2)[5:].std() < 0.15 * np.diff(measured[:, 0], 2)[5:].std()


def test_the_calm_head_goes_where_the_face_goes():
    moving = MIDDLE + np.arange(30, dtype=np.float32)[:, None] * np.array([4.0, 0.0], np.float32)
    places = calm_turns(np.zeros((30, 3)), moving)[:, 3:]
    assert np.abs(places[-1] - moving[-1]).max() < 6.0


def test_fit_pose_of_the_mean_face_is_upright():
    assert abs(fit_pose(fake_face_points((10.0, 10.0), 50.0)).yaw_deg) < 1e-3


def test_a_picture_halved_for_a_small_face_is_drawn_at_the_same_place():
    """A large picture read by every fifth pixel sparkles; its half must not be moved by the halving."""
    _, points, grid, _ = scene(eye_px=32.0)
    large, large_points, _, _ = scene(eye_px=64.0)
    cutout = cut_out_head(FaceTexture(large, large_points[:, :2]), FakeSegmenter())
    shell, colours = Shell(cutout), HeadColours(cutout, light_maker())
    placed = shell.place(points, fit_pose(points))
    plain = np.zeros((POINT_COUNT, 3), np.float32)
    whole, half = (
        LayerDrawer(shell).draw(placed, colours.shrink(level), plain, grid, SIZE_WH, level) for level in (0, 1)
    )
    assert whole.box == half.box and whole.alpha.max() > 200
    moments = [cv2.moments(layer.alpha) for layer in (whole, half)]
    centres = np.array([(m["m10"] / m["m00"], m["m01"] / m["m00"]) for m in moments])
    assert np.abs(centres[0] - centres[1]).max() < 0.3


def test_a_dark_shelf_that_looks_like_hair_stays_where_no_hair_joins_it():
    _, points, grid, geometry = scene()
    found = look(grid, points)
    shares = found.shares.copy()
    shares[:, 10:60, 2:10] = 0
    shares[HeadClass.HAIR, 10:60, 2:10] = 1
    mask = HeadMask().update(HeadParts(shares, found.to_map), grid, geometry, 0)
    usual = HeadMask().update(found, grid, geometry, 0)
    assert np.array_equal(mask, usual)


def test_all_of_a_shut_lid_is_written_over_the_head():
    points = fake_face_points((160.0, 110.0), 64.0)
    for eye in EYES:
        outline = _lid_hull(points, eye).astype(np.float32) / 16
        for x, y in points[np.concatenate([eye.fold, eye.upper, eye.seam]), :2]:
            assert cv2.pointPolygonTest(outline, (float(x), float(y)), True) > -0.1


@pytest.mark.parametrize(("side_px", "stays"), [(8, False), (30, True)])
def test_a_hand_next_to_the_face_stays_in_front_and_a_patch_does_not(side_px, stays):
    pixels, points, grid, geometry = scene()
    parts = GridParts.of(look(grid, points), grid)
    parts.front[5 : 5 + side_px, 5 : 5 + side_px] = 1
    out = np.zeros_like(pixels)
    keep_front(out, pixels, parts, geometry, grid)
    assert bool(out.any()) is stays


def test_a_likely_shelf_is_not_recalled_and_the_ends_of_hair_are():
    shares = np.zeros((CLASS_COUNT, 64, 64), np.float32)
    shares[HeadClass.HEAD, 20:44, 22:42] = 1
    shares[HeadClass.HAIR, 44:47, 22:42] = 0.4
    shares[HeadClass.HAIR, 10:50, 2:12] = 0.45
    recalled = recall(HeadParts(shares, np.eye(2, 3, dtype=np.float32)))
    assert recalled[30, 30] == 1 and recalled[45, 30] == pytest.approx(0.4)
    assert recalled[:, 2:12].max() == 0
