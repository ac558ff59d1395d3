"""The similarity that carries one face onto another."""

import numpy as np
import pytest

from livecam.core.pose import RIGIDITY, Pose, fit_pose, remove_pose
from livecam.core.topology import CANONICAL, INNER_LIPS


def turned(yaw_deg: float, scale: float = 90.0, offset: tuple[float, float, float] = (300, 200, 5)) -> np.ndarray:
    angle = np.radians(yaw_deg)
    rotation = np.array([[np.cos(angle), 0, -np.sin(angle)], [0, 1, 0], [np.sin(angle), 0, np.cos(angle)]])
    return np.asarray(CANONICAL @ rotation.T * scale + offset, np.float32)


@pytest.mark.parametrize("yaw_deg", [-50, -10, 0, 25, 60])
def test_a_turned_face_is_turned_back(yaw_deg):
    points = turned(yaw_deg)
    pose = fit_pose(points)
    assert pose.scale == pytest.approx(90, rel=1e-3)
    assert pose.yaw_deg == pytest.approx(yaw_deg, abs=0.1)
    np.testing.assert_allclose(remove_pose(points), CANONICAL, atol=1e-3)
    np.testing.assert_allclose(pose.apply(CANONICAL), points, atol=0.05)


@pytest.mark.parametrize("pitch_deg", [-30, 0, 20])
def test_a_face_that_looks_up_has_a_positive_pitch(pitch_deg):
    cos, sin = np.cos(np.radians(pitch_deg)), np.sin(np.radians(pitch_deg))
    up = np.array([[1, 0, 0], [0, cos, sin], [0, -sin, cos]])
    nose_tip = (CANONICAL @ up.T)[1] - (CANONICAL @ up.T).mean(0)
    assert fit_pose(np.asarray(CANONICAL @ up.T, np.float32)).pitch_deg == pytest.approx(pitch_deg, abs=0.1)
    assert pitch_deg <= 0 or nose_tip[1] < (CANONICAL[1] - CANONICAL.mean(0))[1]


def test_undo_reverses_apply():
    pose = Pose(3.0, np.eye(3, dtype=np.float32)[[1, 2, 0]], np.array([1, 2, 3], np.float32))
    np.testing.assert_allclose(pose.undo(pose.apply(CANONICAL)), CANONICAL, atol=1e-5)


def test_an_open_mouth_hardly_moves_the_pose():
    points = turned(10)
    talking = points.copy()
    talking[INNER_LIPS, 1] += 30
    assert abs(fit_pose(talking).yaw_deg - fit_pose(points).yaw_deg) < 0.5
    assert fit_pose(talking).scale == pytest.approx(fit_pose(points).scale, rel=0.03)


def test_a_mirror_image_is_never_taken_for_a_turn():
    mirrored = CANONICAL * np.array([-1, 1, 1], np.float32)
    assert np.linalg.det(fit_pose(mirrored).rotation) == pytest.approx(1, abs=1e-4)


def test_weights_sum_to_one():
    assert RIGIDITY.sum() == pytest.approx(1, abs=1e-5)
    assert not RIGIDITY.flags.writeable


def test_the_pose_of_a_mirrored_face_is_a_turn_not_a_mirror():
    mirrored = np.asarray(CANONICAL * [1, 1, -1], np.float32)
    assert np.linalg.det(fit_pose(mirrored).rotation) == pytest.approx(1, abs=1e-4)
