"""The drawing of heads and of the sample clip: what is drawn is where the truth says."""

import numpy as np
import pytest

from training.synthetic import performance
from training.synthetic.landmarks import VERTICES, WEIGHTS, to_pixels
from training.synthetic.pose import rotation
from training.synthetic.posing import Pose, carry_points
from training.synthetic.raster import PinholeCamera, rasterize
from training.synthetic.scene import Layer, draw
from training.synthetic.solids import loft, surface

CAMERA = PinholeCamera(160, 90, 150.0)
TRIANGLE = np.array([[[-3, -2, -12], [4, -1, -15], [0, 3, -10]]], np.float32)


def test_pixels_show_the_place_that_projects_to_them() -> None:
    seen = rasterize(TRIANGLE, CAMERA)
    projected = CAMERA.project(seen.blend(TRIANGLE))
    assert len(seen.pixel) > 500
    assert np.abs(projected[:, 0] - seen.pixel % CAMERA.width).max() < 0.01
    assert np.abs(projected[:, 1] - seen.pixel // CAMERA.width).max() < 0.01
    assert np.abs(projected[:, 2] - seen.depth).max() < 0.01


def test_triangles_seen_from_behind_are_left_out_unless_asked_for() -> None:
    behind = TRIANGLE[:, ::-1].copy()
    assert len(rasterize(behind, CAMERA).pixel) == 0
    assert len(rasterize(behind, CAMERA, both_sides=True).pixel) == len(rasterize(TRIANGLE, CAMERA).pixel)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_nearer_layer_hides_the_farther_one_in_any_order(order: tuple[int, int]) -> None:
    far = TRIANGLE * np.float32(1.5)
    layers = [
        Layer(TRIANGLE, lambda seen: np.full((len(seen.pixel), 3), 1, np.float32)),
        Layer(far, lambda seen: np.full((len(seen.pixel), 3), 2, np.float32)),
    ]
    drawing = draw([layers[k] for k in order], CAMERA)
    assert set(drawing.light[:, 0]) == {1.0}


def test_points_are_places_on_the_head() -> None:
    assert VERTICES.shape == WEIGHTS.shape == (468, 3)
    assert WEIGHTS.min() >= 0
    assert np.abs(WEIGHTS.sum(1) - 1).max() < 1e-5
    assert len(np.unique(VERTICES[:, 0])) > 400


def test_depth_of_points_is_in_pixels_nearer_smaller_mean_zero() -> None:
    head = np.random.default_rng(0).uniform(-8, 8, (int(VERTICES.max()) + 1, 3)).astype(np.float32)
    points = to_pixels(head - np.array([0, 0, 60], np.float32), CAMERA)
    depth = 60 - (WEIGHTS[..., None] * head[VERTICES]).sum(1)[:, 2]
    assert abs(float(points[:, 2].mean())) < 1e-3
    assert np.corrcoef(points[:, 2], depth)[0, 1] > 0.999
    assert np.polyfit(depth, points[:, 2], 1)[0] == pytest.approx(CAMERA.focal_px / depth.mean(), rel=1e-3)


@pytest.mark.parametrize(
    ("angles", "nose"), [((0.5, 0, 0), (1, 0)), ((0, 0.5, 0), (0, -1)), ((-0.5, 0, 0), (-1, 0)), ((0, 0, 0.5), (0, 0))]
)
def test_yaw_turns_to_the_right_of_the_picture_and_pitch_down(
    angles: tuple[float, float, float], nose: tuple[int, int]
) -> None:
    x, y, _ = rotation(*angles) @ np.array([0, 0, 1], np.float32)
    assert (np.sign(np.round(x, 6)), np.sign(np.round(y, 6))) == nose


def test_shoulders_stay_when_the_head_turns() -> None:
    points = np.array([[0, 2, 9], [12, -20, 0]], np.float32)
    share = np.array([1, 0], np.float32)
    still, turned = carry_points(points, share, Pose()), carry_points(points, share, Pose(yaw=0.6))
    assert np.linalg.norm(turned[0] - still[0]) > 3
    assert np.abs(turned[1] - still[1]).max() < 1e-5


def test_surface_of_a_sphere_is_round_and_faces_outwards() -> None:
    vertices, faces = surface(
        lambda p: (np.linalg.norm(p, axis=1) - 2).astype(np.float32),
        np.full(3, -3, np.float32),
        np.full(3, 3, np.float32),
        0.25,
    )
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    outward = (np.cross(b - a, c - a) * (a + b + c)).sum(1)
    assert np.abs(np.linalg.norm(vertices, axis=1) - 2).max() < 0.03
    assert (outward > 0).all()


def test_lofted_tube_faces_outwards() -> None:
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(angle), np.zeros(24), -np.sin(angle)], axis=1)
    vertices, faces = loft(np.stack([circle, circle - (0, 2, 0)]).astype(np.float32))
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    middle = (a + b + c) * (1, 0, 1)
    assert ((np.cross(b - a, c - a) * middle).sum(1) > 0).all()


def test_performance_ends_where_it_begins() -> None:
    first, last = performance.perform_at(0.0), performance.perform_at(performance.SECONDS - 1e-6)
    assert np.allclose(first.pose.place_cm, last.pose.place_cm, atol=0.01)
    assert first.pose.yaw == pytest.approx(last.pose.yaw, abs=1e-3)
    assert first.light == pytest.approx(last.light, abs=1e-3)
    assert {k: v for k, v in first.expression.items() if abs(v) > 0.01}.keys() <= last.expression.keys()


def test_head_never_turns_faster_than_a_person_does() -> None:
    poses = [performance.perform_at(frame / 30).pose for frame in range(300)]
    angles = np.degrees([[pose.yaw, pose.pitch, pose.roll] for pose in poses])
    assert np.abs(np.diff(angles, axis=0)).max() * 30 < 250


def test_time_outside_the_clip_is_refused() -> None:
    with pytest.raises(ValueError, match=r"t must be 0\.\.10"):
        performance.ease([(0, 1)], 11.0)
