"""What a carried texture is off by: the mesh's change of error, not its error, and not how far the head has moved."""

import numpy as np
import pytest

from benchmarks.quality.carry import age_frames, apart
from livecam.bench.quality.follow import FollowedFace, Truth
from livecam.core.face import FaceMesh
from livecam.core.fakes import fake_face_points

EYES = 100.0
COUNT = 12


def scene(error_px):
    """A head that walks five pixels a frame, found with an error that a function of the frame tells."""
    true = np.stack([fake_face_points((200 + 5 * n, 200), EYES) for n in range(COUNT)])
    offset = np.float32([1, 0, 0])
    faces = {n: FollowedFace(FaceMesh(true[n] + error_px(n) * offset, 1.0, n), true[n]) for n in range(COUNT)}
    return faces, Truth(true, np.zeros((COUNT, 468), bool), np.ones(COUNT, bool))


@pytest.mark.parametrize(
    ("error_px", "carried"), [(lambda n: 0.0, 0.0), (lambda n: 7.0, 0.0), (lambda n: 2.0 * (n % 2), 2.0)]
)
def test_only_a_change_of_the_meshs_error_is_seen(error_px, carried):
    found = apart(*scene(error_px), age=3)
    assert found["frames"] == COUNT - 3
    assert found["carried_p50"] == pytest.approx(carried, abs=0.02)
    assert found["left_p50"] == pytest.approx(15.0, abs=0.1)


def test_points_behind_a_hand_do_not_count():
    faces, truth = scene(lambda n: 0.0)
    faces[5].mesh.points[:100] += 50
    truth.hidden[5, :100] = True
    assert apart(faces, truth, age=3)["carried_p95"] == 0.0


def test_a_texture_serves_from_when_it_is_ready_until_the_next_is():
    assert [age_frames(ms) for ms in (20, 50, 100, 300)] == [2, 4, 6, 18]
