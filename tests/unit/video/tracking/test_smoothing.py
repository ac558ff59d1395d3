from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.face import FaceMesh
from livecam.core.topology import LEFT_EYE_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.video.tracking.smoothing import FaceSmoother, to_rotation, to_rotation_vector
from tests.unit.video.moving_faces import EYES_PX, RATE_HZ, noisy, path, posed, stack

FRAME_NS = NS_PER_S / RATE_HZ


def smoothed(meshes: Sequence[FaceMesh]) -> list[FaceMesh]:
    smoother = FaceSmoother()
    return [smoother.update(mesh) for mesh in meshes]


def lag_frames(truth: NDArray[np.float32], seen: NDArray[np.float32]) -> float:
    """Delay that explains the difference best, in frames: projects the error on the motion."""
    speed = np.gradient(truth, axis=0)
    settled = slice(10, -10)
    behind = truth[settled] - seen[settled]
    return float((behind * speed[settled]).sum() / (speed[settled] ** 2).sum())


def rms_percent(away: NDArray[np.float32]) -> float:
    return float(np.sqrt((away**2).sum(-1).mean()) / EYES_PX * 100)


def test_a_still_face_trembles_less_than_0_3_percent_of_the_eye_distance() -> None:
    still = path(lambda _: posed(), 200)
    raw, out = stack(noisy(still)), stack(smoothed(noisy(still)))
    assert rms_percent(raw - raw.mean(0)) > 0.4
    assert rms_percent(out[30:] - out[30:].mean(0)) < 0.3
    assert rms_percent(np.diff(out[30:], axis=0)) < 0.3


MOTIONS = {
    "sways": lambda t: posed(x=640 + 0.4 * EYES_PX * np.sin(np.pi * t)),
    "shakes": lambda t: posed(x=640 + 0.3 * EYES_PX * np.sin(2 * np.pi * t)),
    "turns": lambda t: posed(yaw_rad=0.5 * np.sin(np.pi * t)),
    "leans in": lambda t: posed(eyes_px=EYES_PX * (1 + 0.3 * np.sin(np.pi * t))),
    "walks": lambda t: posed(x=200 + 250 * t),
}


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_moving_face_lags_less_than_a_frame(motion: str) -> None:
    truth = path(MOTIONS[motion], 120)
    assert abs(lag_frames(stack(truth), stack(smoothed(noisy(truth))))) < 1.0


@pytest.mark.parametrize("motion", MOTIONS)
def test_a_moving_face_stays_within_two_percent_of_where_it_is(motion: str) -> None:
    truth = path(MOTIONS[motion], 120)
    worst = np.linalg.norm(stack(smoothed(truth)) - stack(truth), axis=-1).mean(1).max()
    assert worst < 0.02 * EYES_PX


def test_a_start_from_rest_is_followed_within_three_percent() -> None:
    truth = path(lambda t: posed(x=640 + EYES_PX * min(max(t - 1, 0) * 2, 1)), 75)
    away = np.linalg.norm(stack(smoothed(truth)) - stack(truth), axis=-1).mean(1)
    assert away.max() < 0.03 * EYES_PX


def test_a_blink_keeps_its_depth() -> None:
    meshes = path(lambda _: posed(), 40)
    for mesh in meshes[20:23]:
        for upper, lower, _, _ in (RIGHT_EYE_OPENING, LEFT_EYE_OPENING):
            mesh.points[upper] = mesh.points[lower]
    out = [opening_ratio(m.points, LEFT_EYE_OPENING) for m in smoothed(meshes)]
    assert min(out[20:24]) < 0.35 * out[19]
    assert out[26] > 0.8 * out[19]


def test_dropped_frames_change_nothing_because_times_count() -> None:
    truth = path(MOTIONS["sways"], 120)
    every, third = smoothed(truth), smoothed(truth[::3])
    away = np.linalg.norm(stack(every[30::3]) - stack(third[10:]), axis=-1)
    assert away.max() < 0.02 * EYES_PX


def test_velocity_predicts_the_next_frame() -> None:
    truth = path(MOTIONS["walks"], 60)
    out = smoothed(truth)
    ahead = out[40].predict(truth[41].seen_ns)
    assert np.linalg.norm(ahead.points - truth[41].points, axis=-1).max() < 0.01 * EYES_PX


def test_after_a_gap_the_new_place_is_taken_at_once() -> None:
    smoother = FaceSmoother()
    for mesh in path(lambda _: posed(), 30):
        smoother.update(mesh)
    moved = FaceMesh(posed(x=900), 1.0, round(30 * FRAME_NS + 0.4 * NS_PER_S))
    out = smoother.update(moved)
    np.testing.assert_allclose(out.points, moved.points, atol=0.01)
    assert not out.velocity.any()


def test_score_time_and_cover_go_through_unchanged() -> None:
    mesh = FaceMesh(posed(), 0.7, 5)
    out = FaceSmoother().update(mesh)
    assert (out.score, out.seen_ns, out.cover) == (0.7, 5, None)


@pytest.mark.parametrize("vector", [(0, 0, 0), (0.3, 0, 0), (0, -1.2, 0.4), (2, 1, -1.5)])
def test_rotation_and_vector_are_inverse(vector: tuple[float, float, float]) -> None:
    given = np.float32(vector)
    np.testing.assert_allclose(to_rotation_vector(to_rotation(given)), given, atol=1e-5)
