"""What comes in at the picture's edge: looked at again and again, held while it may be a part of a face."""

from collections.abc import Sequence

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Side
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.video.tracking.entering import EdgeWatch
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import Track
from tests.unit.video.moving_faces import posed

LEFT, FURTHER = EdgeStrip(Side.LEFT, 100, 200), EdgeStrip(Side.LEFT, 200, 200)
FOLLOWED = posed(x=960)


class Looking(FakeFinder):
    """Sees one thing at the edge, as much like a face as a test sets."""

    def __init__(self) -> None:
        super().__init__()
        self.score, self.at_xy = 0.0, (0.0, 150.0)
        self.strips: list[EdgeStrip] = []

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        self.strips = list(strips)
        box = np.array([*self.at_xy, *self.at_xy], np.float32) + np.float32([-40, -50, 40, 50])
        return [FaceBox(box, np.zeros((5, 2), np.float32), self.score)]


@pytest.fixture
def finder() -> Looking:
    return Looking()


@pytest.fixture
def watch(finder: Looking) -> EdgeWatch:
    return EdgeWatch(finder, TrackerConfig())


def looked(watch: EdgeWatch, ms: int, *entered: EdgeStrip, tracks: Sequence[Track] = ()) -> tuple[bool, bool]:
    """Whether a frame of that time is unsure, and whether it shows what may be a part of a face."""
    at_ns = ms * NS_PER_MS
    watch.look(Frame(np.zeros((720, 1280, 3), np.uint8), at_ns, ms), entered, tracks)
    return watch.unsure(at_ns), watch.doubted


def test_where_nothing_came_in_livecam_does_not_look(watch: EdgeWatch, finder: Looking) -> None:
    finder.score = 0.9
    assert looked(watch, 0) == (False, False)
    assert finder.strips == []


@pytest.mark.parametrize(("score", "doubted"), [(0.5, False), (0.55, True), (0.9, True)])
def test_what_comes_in_is_doubted_from_a_third_of_a_face_on(
    watch: EdgeWatch, finder: Looking, score: float, doubted: bool
) -> None:
    finder.score = score
    assert looked(watch, 0, LEFT) == (True, doubted)


def test_it_is_looked_at_for_a_while_and_all_along_where_it_was(watch: EdgeWatch, finder: Looking) -> None:
    looked(watch, 0, LEFT)
    looked(watch, 33, FURTHER)
    assert finder.strips == [EdgeStrip(Side.LEFT, 100, 300)]
    assert looked(watch, 150) == (True, False)
    assert finder.strips == [EdgeStrip(Side.LEFT, 100, 300)]
    finder.strips = []
    assert looked(watch, 500) == (False, False)
    assert finder.strips == []


@pytest.mark.parametrize(("score", "doubted"), [(0.7, False), (0.9, True)])
def test_of_what_stays_without_a_move_only_a_plain_face_is_doubted(
    watch: EdgeWatch, finder: Looking, score: float, doubted: bool
) -> None:
    finder.score = score
    looked(watch, 0, LEFT)
    assert looked(watch, 500) == (doubted, doubted)


def test_a_plain_face_is_doubted_for_as_long_as_it_is_there(watch: EdgeWatch, finder: Looking) -> None:
    finder.score = 0.9
    looked(watch, 0, LEFT)
    assert all(looked(watch, ms) == (True, True) for ms in range(33, 3000, 33))
    finder.score = 0.0
    assert looked(watch, 3000) == (False, False)


def test_the_head_that_is_followed_is_no_part_of_another(watch: EdgeWatch, finder: Looking) -> None:
    track = Track(1, FaceMesh(FOLLOWED, 1.0, 0), TrackerConfig().smooth)
    finder.score = 0.9
    assert looked(watch, 0, LEFT, tracks=[track]) == (True, True)
    finder.at_xy = tuple(FOLLOWED[:, :2].mean(0))
    assert looked(watch, 33, LEFT, tracks=[track]) == (True, False)
