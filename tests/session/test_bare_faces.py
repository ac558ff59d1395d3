"""No live face reaches the sink, whatever comes while frames are late: judged from outside, with a control."""

import numpy as np
import pytest

from engines.face.finder import open_finder
from tests.session.late_stage import Late, judged, people, person, play, with_second

LATES = {
    "in time": Late(),
    "one of three late": Late(40, 1, 3),
    "two of three late": Late(40, 2, 3),
    "spells": Late(60, 5, 9),
}


@pytest.fixture(scope="module")
def finder():
    with_networks = open_finder()
    yield with_networks
    with_networks.close()


def pops_in(face_px=100.0, every=15, at=(520.0, 165.0)):
    """A second head that is there in every other stretch of so many frames."""

    def scene(number):
        picture, box = with_second(person(number), at, face_px)
        return (picture, [people()[1], box]) if number // every % 2 else (person(number), [people()[1]])

    return scene


def walks_in(from_xy=(690.0, 165.0), step_xy=(-6.0, 0.0)):
    """A second head that comes in from an edge."""

    def scene(number):
        steps = number % 50
        centre = from_xy[0] + steps * step_xy[0], from_xy[1] + steps * step_xy[1]
        picture, box = with_second(person(number), centre, 100)
        return picture, [people()[1], box]

    return scene


def cuts(every=7, shift_px=165):
    """The picture jumps to the side and back."""

    def scene(number):
        away = shift_px * (number // every % 2)
        return np.ascontiguousarray(np.roll(person(number), -away, 1)), [people()[1] - np.float32([away, 0, away, 0])]

    return scene


SCENES = {
    "pop-in": pops_in(),
    "pop-in of a face too small for a quick look": pops_in(45.0, 6),
    "walk-in": walks_in(),
    "fast walk-in": walks_in((690.0, 165.0), (-14.0, 0.0)),
    "slow walk-in from the left": walks_in((-50.0, 165.0), (3.0, 0.0)),
    "from below": walks_in((100.0, 420.0), (0.0, -5.0)),
    "slowly from below": walks_in((100.0, 415.0), (0.0, -1.5)),
    "slowly from the right": walks_in((677.0, 120.0), (-1.0, 0.0)),
    "from above": walks_in((100.0, -60.0), (0.0, 5.0)),
    "cuts": cuts(),
    "rare cuts": cuts(23),
}


@pytest.mark.parametrize("scene", SCENES, ids=list(SCENES))
def test_the_judge_finds_the_camera_in_every_picture(scene):
    given = [(n, SCENES[scene](n)[0]) for n in range(0, 60, 2)]
    likeness = judged(SCENES[scene], given)
    assert np.mean(np.array(likeness) >= 0.8) >= 0.99


@pytest.mark.long
@pytest.mark.parametrize("late", LATES, ids=list(LATES))
@pytest.mark.parametrize("scene", SCENES, ids=list(SCENES))
def test_no_live_face_is_sent(scene, late, finder):
    played = play(SCENES[scene], finder, 90, LATES[late])
    assert played.bare == []
    assert played.session.report().frames.unswapped_shown == 0


@pytest.mark.parametrize(
    ("scene", "late"),
    [
        ("pop-in", "two of three late"),
        ("cuts", "spells"),
        ("walk-in", "one of three late"),
        ("slowly from below", "one of three late"),
    ],
)
def test_no_live_face_is_sent_while_frames_are_late(scene, late, finder):
    played = play(SCENES[scene], finder, 45, LATES[late])
    assert played.bare == []
    assert played.session.report().levels.get("CARRY", 0) > 0
