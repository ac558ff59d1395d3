"""Which picture is handed on after each look: one in doubt waits, and goes when a stranger is found."""

import numpy as np
import pytest

from livecam.core.clock import NS_PER_S, ManualClock
from livecam.core.frame import Frame, MarkedFrame
from livecam.timing.meter import Meter
from livecam.video.pipeline.presenter import PresentConfig, Presenter
from livecam.video.pipeline.withdrawal import Withdrawal
from livecam.video.tracking.finding import FaceFinding
from tests.unit.video.pipeline.test_presenter import MARKER

CLEAN, UNSURE, STRANGER = FaceFinding(clean=True), FaceFinding(clean=True, unsure=True), FaceFinding(stranger=True)
PART = FaceFinding(unsure=True)


class Looks:
    """Looks at frames 0, 1, 2, ... one after the other."""

    def __init__(self, rate_hz: float = 30.0) -> None:
        self._period_ns = int(NS_PER_S / rate_hz)
        self._withdrawal = Withdrawal(Presenter(MARKER, PresentConfig(), 0), Meter(ManualClock()))
        self._seq = 0

    def skip(self, frames: int) -> None:
        """So many frames get no look."""
        self._seq += frames

    def then(self, finding: FaceFinding, made: bool = True) -> int | None:
        """The number of the picture handed on after the next look; `made`: whether there is one of its frame."""
        pixels = np.zeros((48, 64, 3), np.uint8)
        frame = Frame(pixels, self._seq * self._period_ns, self._seq)
        picture: MarkedFrame | None = MARKER.mark(pixels, frame.captured_ns, frame.seq) if made else None
        self._seq += 1
        handed = self._withdrawal.judge(frame, finding, picture)
        return None if handed is None else handed.seq


@pytest.fixture
def looks() -> Looks:
    return Looks()


def test_a_picture_without_doubt_is_handed_on_at_once(looks: Looks) -> None:
    assert [looks.then(CLEAN), looks.then(FaceFinding()), looks.then(CLEAN)] == [0, 1, 2]


def test_a_picture_in_doubt_waits_for_the_next_looks(looks: Looks) -> None:
    assert [looks.then(UNSURE) for _ in range(5)] == [None, None, 0, 1, 2]


@pytest.mark.parametrize(("rate_hz", "looks_after"), [(120, 8), (60, 4), (15, 1), (2, 1)])
def test_it_waits_for_a_time_and_one_look_at_least(rate_hz: float, looks_after: int) -> None:
    looks = Looks(rate_hz)
    assert [looks.then(UNSURE) for _ in range(looks_after + 2)] == [None] * looks_after + [0, 1]


def test_pictures_in_doubt_go_with_the_stranger_whom_the_next_look_finds(looks: Looks) -> None:
    looks.then(CLEAN)
    assert [looks.then(UNSURE), looks.then(UNSURE), looks.then(STRANGER, made=False)] == [None] * 3
    assert [looks.then(CLEAN, made=False), looks.then(CLEAN)] == [None, 5]


def test_after_the_doubt_the_newest_picture_comes(looks: Looks) -> None:
    assert [looks.then(UNSURE), looks.then(CLEAN), looks.then(CLEAN)] == [None, 1, 2]


def test_a_hold_without_a_look_lets_no_doubtful_picture_out(looks: Looks) -> None:
    looks.then(UNSURE)
    assert looks.then(FaceFinding(), made=False) is None
    assert looks.then(CLEAN, made=False) == 0


def test_what_may_be_a_part_of_a_face_takes_the_pictures_in_doubt_with_it(looks: Looks) -> None:
    assert [looks.then(UNSURE), looks.then(UNSURE), looks.then(PART, made=False)] == [None] * 3
    assert [looks.then(CLEAN, made=False) for _ in range(5)] == [None] * 5


@pytest.mark.parametrize("made", [False, True])
def test_a_look_that_comes_too_late_clears_no_doubt(looks: Looks, made: bool) -> None:
    looks.then(UNSURE)
    looks.skip(10)
    assert looks.then(UNSURE if made else CLEAN, made) is None
