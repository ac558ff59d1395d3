"""Every figure reads its best value on an untouched picture and notices the defect it is for."""

import cv2
import numpy as np
import pytest

from livecam.bench.quality import metrics
from livecam.core import topology
from livecam.core.pose import Pose
from tests.unit.video.drawn import picture, points_at

RNG = np.random.default_rng(3)


def grown(points: np.ndarray, times: float = 2.0) -> np.ndarray:
    return (points * times).astype(np.float32)


POINTS = grown(points_at())
BEFORE = cv2.GaussianBlur(
    cv2.resize(picture(points_at()), None, fx=2, fy=2, interpolation=cv2.INTER_NEAREST), (0, 0), 0.7
)


def turned(points: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    rotation = np.array([[np.cos(angle), 0, np.sin(angle)], [0, 1, 0], [-np.sin(angle), 0, np.cos(angle)]], np.float32)
    return Pose(1.0, rotation, np.zeros(3, np.float32)).apply(points)


def test_a_still_face_does_not_flicker():
    assert metrics.flicker(np.full((20, 50), 128, np.float32)) == 0


def test_a_slow_change_of_light_is_no_flicker():
    assert metrics.flicker(np.linspace(100, 130, 20, dtype=np.float32)[:, None].repeat(50, 1)) < 1e-3


def test_a_tremble_of_three_levels_is_noticed():
    tremble = np.full((20, 50), 128, np.float32)
    tremble[::2] += 3
    assert metrics.flicker(tremble) == pytest.approx(3)


def test_two_frames_say_nothing_about_flicker():
    assert np.isnan(metrics.flicker(np.zeros((2, 5), np.float32)))


def test_an_untouched_outline_has_no_seam():
    assert metrics.outline_error(BEFORE, BEFORE.copy(), POINTS) == 0


def test_a_tinted_face_has_a_seam():
    tinted = BEFORE.copy()
    cv2.fillPoly(tinted, [POINTS[topology.OVAL, :2].astype(np.int32)], (60, 160, 60))
    assert metrics.outline_error(BEFORE, tinted, POINTS) > 10


def test_sharpness_falls_with_blur_and_ignores_what_is_outside():
    noisy = np.clip(BEFORE + RNG.normal(0, 6, BEFORE.shape), 0, 255).astype(np.uint8)
    whole = metrics.sharpness(noisy, POINTS)
    assert metrics.sharpness(cv2.GaussianBlur(noisy, (0, 0), 2), POINTS) < whole / 3
    outside = noisy.copy()
    outside[:8] = 255
    assert metrics.sharpness(outside, POINTS) == whole


def test_sharpness_of_a_face_outside_the_picture_is_unknown():
    assert np.isnan(metrics.sharpness(BEFORE, POINTS + np.float32(5000)))


def test_a_kept_hand_is_kept_and_a_painted_one_is_not():
    places = POINTS[topology.OUTER_LIPS, :2]
    painted = BEFORE.copy()
    painted[:] = np.clip(BEFORE.astype(int) + 40, 0, 255)
    assert metrics.kept_share(BEFORE, BEFORE.copy(), places) == 1
    assert metrics.kept_share(BEFORE, painted, places) < 0.1
    assert np.isnan(metrics.kept_share(BEFORE, painted, places[:0]))


@pytest.mark.parametrize("degrees", [0, 3, 20])
def test_a_turned_head_is_off_by_its_turn(degrees: float):
    assert metrics.pose_error_deg(POINTS, turned(POINTS, degrees)) == pytest.approx(degrees, abs=0.1)


def test_another_shape_is_no_expression_error_and_a_stiff_mouth_is():
    talking = np.repeat(topology.CANONICAL[None] * np.float32(100), 12, 0)
    talking[::2, topology.INNER_LIPS[:10], 1] += 12
    other = talking + RNG.normal(0, 2, topology.CANONICAL.shape).astype(np.float32)
    stiff = np.repeat(talking[:1], 12, 0)
    assert metrics.expression_error(talking, talking) < 1e-3
    assert metrics.expression_error(talking, other) < 0.1
    assert metrics.expression_error(talking, stiff) > 0.15


@pytest.mark.parametrize("late", [0, 1, 2.5])
def test_a_late_path_is_late(late: float):
    moments = np.arange(60)
    true = np.stack([np.sin(moments / 6), np.cos(moments / 9)], 1).astype(np.float32)
    path = np.stack([np.sin((moments - late) / 6), np.cos((moments - late) / 9)], 1).astype(np.float32)
    assert metrics.lag_frames(path, true) == pytest.approx(late, abs=0.11)
