"""New views of a face for training: shut lids meet, an unchanged view is the picture itself, points follow the turn."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.core.topology import CANONICAL, MIRROR, RIGHT_EYE
from training.face.expressions import LEFT_LIDS, RIGHT_LIDS, drop_jaw, lower_lids
from training.face.rerender import RenderView, render_view
from training.face.shards import SHARD_PX, Shard, load

MIDDLE = np.array([SHARD_PX / 2, SHARD_PX / 2 - 20, 0], np.float32)
FACE = (CANONICAL * 90 + MIDDLE).astype(np.float32)


@pytest.fixture(scope="module")
def picture() -> NDArray[np.uint8]:
    noise = np.random.default_rng(2).integers(0, 256, (SHARD_PX, SHARD_PX, 3)).astype(np.uint8)
    return np.asarray(cv2.GaussianBlur(noise, (0, 0), 6), np.uint8)


def gap(points: NDArray[np.float32], lids: dict[str, list[int]]) -> float:
    return float(np.linalg.norm(points[lids["upper"]] - points[lids["lower"]], axis=1).max())


def test_shut_lids_meet_and_the_other_eye_stays_open() -> None:
    shut, _ = lower_lids(FACE, 1.0, 0.0)
    assert gap(shut, RIGHT_LIDS) < 1e-3
    assert gap(shut, LEFT_LIDS) == gap(FACE, LEFT_LIDS)


def test_half_lowered_lids_halve_the_opening() -> None:
    half, _ = lower_lids(FACE, 0.5, 0.5)
    assert gap(half, LEFT_LIDS) == pytest.approx(gap(FACE, LEFT_LIDS) / 2, rel=1e-3)


def test_lids_of_both_sides_are_partners() -> None:
    for part in ("upper", "lower", "crease", "corners"):
        assert MIRROR[RIGHT_LIDS[part]].tolist() == LEFT_LIDS[part]


def test_a_dropped_jaw_leaves_the_eyes_alone_and_opens_the_mouth() -> None:
    dropped = drop_jaw(FACE, 1.0)
    assert np.array_equal(dropped[RIGHT_EYE], FACE[RIGHT_EYE])
    assert dropped[14, 1] - dropped[13, 1] > FACE[14, 1] - FACE[13, 1] + 5
    assert dropped[152, 1] > FACE[152, 1] + 5


def test_an_unchanged_view_is_the_picture_itself(picture: NDArray[np.uint8]) -> None:
    drawn, points = render_view(picture, FACE, RenderView(), np.random.default_rng(0))
    face = np.zeros(picture.shape[:2], np.uint8)
    cv2.fillConvexPoly(face, cv2.convexHull(FACE[:, :2].astype(np.int32)), 1)
    difference = np.abs(drawn.astype(int) - picture.astype(int))[face > 0]
    assert difference.mean() < 1.5
    assert points == pytest.approx(FACE, abs=1e-3)


@pytest.mark.parametrize("yaw_deg", [-40.0, 40.0])
def test_what_was_at_the_nose_is_still_at_the_nose_after_a_turn(picture: NDArray[np.uint8], yaw_deg: float) -> None:
    marked = cv2.circle(picture // 4, tuple(int(v) for v in FACE[4, :2]), 4, (255, 255, 255), -1)
    drawn, points = render_view(
        np.asarray(marked, np.uint8), FACE, RenderView(yaw_deg=yaw_deg), np.random.default_rng(0)
    )
    assert np.hypot(*(points[4, :2] - FACE[4, :2])) > 10
    assert drawn[int(points[4, 1]), int(points[4, 0])].min() > 150


def test_a_shard_comes_back_as_it_was_saved(picture: NDArray[np.uint8], tmp_path: Path) -> None:
    shard = Shard()
    shard.add(picture, FACE, 0.0, 30.0, True)
    shard.save(tmp_path / "one.npz")
    back = load(tmp_path / "one.npz")
    assert (back.eyes_open, back.yaw_deg, back.clean) == ([0.0], [30.0], [True])
    assert np.array_equal(back.points[0], FACE)
    assert np.abs(back.picture(0).astype(int) - picture.astype(int)).mean() < 3
