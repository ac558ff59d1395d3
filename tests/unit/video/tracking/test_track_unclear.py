"""Where one face is shown, a candidate no one can make out holds the picture; a part of the followed head does not."""

from collections.abc import Sequence

import numpy as np
import pytest

from livecam.core.face import FaceBox, FaceMesh
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.video.tracking.tracker import TWO_FACES, FaceTracker
from livecam.video.tracking.tracker_config import TrackerConfig
from tests.unit.video.moving_faces import frame, posed

FACE = posed(x=960)
LOW, HIGH = FACE[:, :2].min(0), FACE[:, :2].max(0)
RULES = TrackerConfig()


class Seeing(FakeFinder):
    """Sees a followed face and, from the third frame on, another candidate; its mesh is of no use or the face's."""

    def __init__(self, candidate: FaceBox, quick: bool = True, mesh_goes_to_face: bool = False) -> None:
        super().__init__([[FACE]])
        self._candidate, self._quick, self._goes = candidate, quick, mesh_goes_to_face

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        found = list(super().detect(frame, quick))
        return found if frame.seq < 2 or (quick and not self._quick) else [*found, self._candidate]

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        if hint is self._candidate and not self._goes:
            return FaceMesh(FACE, 0.0, frame.captured_ns)
        return FaceMesh(FACE, 1.0, frame.captured_ns)


def candidate(left: float, top: float, width: float, height: float, score: float) -> FaceBox:
    return FaceBox(np.float32([left, top, left + width, top + height]), np.zeros((5, 2), np.float32), score)


def trouble(finder: FakeFinder) -> str | None:
    """What is wrong in the first frame with the candidate."""
    tracker = FaceTracker(finder, RULES)
    for seq in range(2):
        assert tracker.detect(frame(seq))
    assert tracker.trouble is None
    tracker.detect(frame(2))
    return tracker.trouble


@pytest.mark.parametrize("score", [RULES.unclear_score, 0.7, 0.95])
@pytest.mark.parametrize("goes", [False, True], ids=["no-mesh", "mesh-of-the-followed-face"])
def test_an_unclear_candidate_holds(score: float, goes: bool) -> None:
    assert trouble(Seeing(candidate(100, 100, 200, 220, score), mesh_goes_to_face=goes)) == TWO_FACES


def test_what_is_below_any_candidate_does_not_hold() -> None:
    assert trouble(Seeing(candidate(100, 100, 200, 220, RULES.unclear_score - 0.01))) is None


@pytest.mark.parametrize(("score", "held"), [(0.7, None), (RULES.sure_score, TWO_FACES)])
def test_an_ear_of_the_followed_head_must_be_a_sure_face(score: float, held: str | None) -> None:
    ear = candidate(float(HIGH[0]) + 4, float((LOW[1] + HIGH[1]) / 2), 30, 40, score)
    assert trouble(Seeing(ear)) == held


def test_a_face_as_large_as_the_tracked_one_next_to_it_holds() -> None:
    width, height = HIGH - LOW
    assert trouble(Seeing(candidate(float(HIGH[0]), float(LOW[1]), float(width), float(height), 0.7))) == TWO_FACES


def test_a_second_box_over_the_tracked_face_is_another_face() -> None:
    width, height = HIGH - LOW
    parallel = candidate(float(LOW[0] + width * 0.49), float(LOW[1]), float(width), float(height), 0.7)
    assert trouble(Seeing(parallel, mesh_goes_to_face=False)) == TWO_FACES
