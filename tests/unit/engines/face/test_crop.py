"""The crop is upright, centred and 1.5 x the face, and its points come back to where they were."""

import numpy as np
import pytest
from numpy.typing import NDArray

from engines.face.crop import (
    CROP_PX,
    Square,
    cut,
    fit_square_to_box,
    fit_square_to_points,
    matrix_to_crop,
    points_to_crop,
    points_to_frame,
)


def face_points(
    angle_rad: float, size_px: float = 200.0, center: tuple[float, float] = (320.0, 240.0)
) -> NDArray[np.float32]:
    """A flat made-up face, 0.8 as wide as high, turned by an angle."""
    rng = np.random.default_rng(1)
    points = rng.uniform(-0.5, 0.5, (468, 3)) * [0.8, 1.0, 0.5]
    points[0, :2], points[1, :2] = (-0.4, -0.5), (0.4, 0.5)
    points[33, :2], points[263, :2] = (-0.3, -0.1), (0.3, -0.1)
    points[10, :2], points[152, :2] = (0.0, -0.45), (0.0, 0.45)
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    points[:, :2] = points[:, :2] @ np.array([[cos, sin], [-sin, cos]])
    return (points * size_px + [*center, 0.0]).astype(np.float32)


@pytest.mark.parametrize("angle_rad", [-2.5, -0.6, 0.0, 0.3, 1.2, 3.0])
def test_crop_is_upright_centred_and_one_and_a_half_faces_wide(angle_rad: float) -> None:
    points = face_points(angle_rad)
    inside = points_to_crop(points, matrix_to_crop(fit_square_to_points(points)))
    assert inside[263, 1] == pytest.approx(inside[33, 1], abs=1e-3)
    assert inside[263, 0] > inside[33, 0]
    assert np.ptp(inside[:, 1]) == pytest.approx(CROP_PX / 1.5, rel=1e-4)
    middle = (inside[:, :2].min(0) + inside[:, :2].max(0)) / 2
    assert middle == pytest.approx([(CROP_PX - 1) / 2] * 2, abs=1e-3)


@pytest.mark.parametrize("angle_rad", [-1.0, 0.0, 0.5])
@pytest.mark.parametrize("size_px", [128, 192])
def test_points_return_to_the_frame(angle_rad: float, size_px: int) -> None:
    points = face_points(angle_rad)
    matrix = matrix_to_crop(fit_square_to_points(points), size_px)
    assert points_to_frame(points_to_crop(points, matrix), matrix) == pytest.approx(points, abs=2e-3)


def test_a_face_in_profile_is_not_turned_by_its_hidden_eye_line() -> None:
    points = face_points(0.0)
    points[33, :2], points[263, :2] = (318.0, 210.0), (330.0, 220.0)
    assert abs(fit_square_to_points(points).angle_rad) < np.radians(5)


def test_depth_is_on_the_same_scale_as_the_points() -> None:
    points = face_points(0.4)
    inside = points_to_crop(points, matrix_to_crop(fit_square_to_points(points)))
    frame_ratio = np.ptp(points[:, 2]) / np.linalg.norm(points[33, :2] - points[263, :2])
    crop_ratio = np.ptp(inside[:, 2]) / np.linalg.norm(inside[33, :2] - inside[263, :2])
    assert crop_ratio == pytest.approx(frame_ratio, rel=1e-4)


@pytest.mark.parametrize("side_px", [60, 128, 300, 384, 900])
def test_what_is_drawn_at_a_point_is_seen_at_its_place_in_the_crop(side_px: float) -> None:
    frame = np.zeros((1000, 1200, 3), np.uint8)
    spot = np.array([[608.0, 492.0, 0.0]], np.float32)
    y, x = np.mgrid[:1000, :1200]
    frame[..., 1] = 255 * np.exp(-((x - 608) ** 2 + (y - 492) ** 2) / (2 * (side_px / 20) ** 2))
    matrix = matrix_to_crop(Square((600.0, 500.0), side_px, 0.35))
    crop = cut(frame, matrix)[..., 1].astype(np.float64)
    cy, cx = (np.mgrid[:CROP_PX, :CROP_PX] * crop).sum((1, 2)) / crop.sum()
    assert (cx, cy) == pytest.approx(points_to_crop(spot, matrix)[0, :2], abs=0.1)


def test_outside_the_frame_is_black() -> None:
    crop = cut(np.full((100, 100, 3), 255, np.uint8), matrix_to_crop(Square((0.0, 50.0), 80.0, 0.0)))
    assert crop[:, :60].max() == 0
    assert crop[:, 68:].min() == 255


def test_fine_noise_of_a_large_face_is_averaged_away() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (1000, 1000, 3)).astype(np.uint8)
    crop = cut(noise, matrix_to_crop(Square((500.0, 500.0), 800.0, 0.0)))
    assert crop.std() < 0.5 * noise.std()


def test_square_of_a_detection_is_level_with_its_eyes() -> None:
    square = fit_square_to_box([100, 50, 180, 150], [[120, 80], [160, 90], [140, 110], [125, 125], [155, 130]])
    assert square.center_xy == (140.0, 100.0)
    assert square.side_px == 150.0
    assert square.angle_rad == pytest.approx(np.arctan2(10, 40))


@pytest.mark.parametrize("side_px", [0.0, -1.0, float("nan")])
def test_a_square_without_a_side_is_refused(side_px: float) -> None:
    with pytest.raises(ValueError, match="positive side"):
        Square((1.0, 2.0), side_px, 0.0)
