import numpy as np
import pytest

from livecam.core import topology as face


def test_the_mirror_map_is_its_own_inverse():
    np.testing.assert_array_equal(face.MIRROR[face.MIRROR], np.arange(468))
    np.testing.assert_allclose(face.CANONICAL[face.MIRROR] * [-1, 1, 1], face.CANONICAL, atol=1e-5)


def test_the_unit_is_the_outer_eye_distance():
    assert np.linalg.norm(face.CANONICAL[33] - face.CANONICAL[263]) == pytest.approx(1, abs=0.02)


def test_every_point_is_in_a_triangle_and_none_is_turned_over_in_the_atlas():
    assert set(face.TRIANGLES.ravel()) == set(range(468))
    a, b, c = (face.UV[face.TRIANGLES[:, k]] for k in range(3))
    area = np.cross(b - a, c - a) if a.shape[1] == 3 else (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
    assert (area > 0).all()


def test_the_nose_points_at_the_viewer():
    assert face.CANONICAL[1, 2] < face.CANONICAL[[234, 454], 2].min()


def test_openings_are_measured_as_height_over_width():
    assert 0.2 < face.opening_ratio(face.CANONICAL, face.RIGHT_EYE_OPENING) < 0.5
    closed = face.CANONICAL.copy()
    closed[145] = closed[159]
    assert face.opening_ratio(closed, face.RIGHT_EYE_OPENING) == 0


@pytest.mark.parametrize("array", [face.CANONICAL, face.UV, face.TRIANGLES, face.OVAL])
def test_the_shared_arrays_cannot_be_written(array):
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 0
