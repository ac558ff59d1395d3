"""No live face reaches the sink while the persona, the mirror, the mode or the camera changes, with frames late."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import cv2
import numpy as np
import pytest
from _pytest.mark import ParameterSet

from engines.face.finder import open_finder
from livecam.app.session import Session
from livecam.core.frame import Pixels
from tests.session.late_stage import Late, judged, play
from tests.session.stage import synthetic_persona
from tests.session.test_bare_faces import SCENES

EVERY = 22
"""Frames from one change to the next; who comes in stays for 15."""


def as_given(pixels: Pixels, number: int) -> Pixels:
    return pixels


def twice_as_large(pixels: Pixels, number: int) -> Pixels:
    """A camera that changes its size now and then."""
    return pixels if number < 0 or number // EVERY % 2 else cv2.resize(pixels, None, fx=2, fy=2)


def nothing(session: Session, number: int) -> None:
    pass


def mirrored(session: Session, number: int) -> None:
    session.mirror(number >= 0 and number // EVERY % 2 == 0)


def others(session: Session, number: int) -> None:
    if number >= 0 and number % EVERY == 0:
        session.use(synthetic_persona(f"synthetic-{number}"))


def frozen(session: Session, number: int) -> None:
    session.freeze(number > 0 and number // EVERY % 3 == 1)


@dataclass(frozen=True)
class Switch:
    """What changes while the scene is played."""

    act: Callable[[Session, int], None] = nothing
    camera: Callable[[Pixels, int], Pixels] = as_given
    settings: Mapping[str, object] = field(default_factory=dict)


SWITCHES = {
    "mirror": Switch(mirrored),
    "persona": Switch(others),
    "frozen": Switch(frozen),
    "size of the camera": Switch(camera=twice_as_large),
    "puppet": Switch(settings={"mode": "puppet"}),
    "mirrored puppet": Switch(mirrored, settings={"mode": "puppet"}),
}


@pytest.fixture(scope="module")
def finder():
    with_networks = open_finder()
    yield with_networks
    with_networks.close()


def bare(scene: str, switch: Switch, finder, frames: int) -> int:
    """How many of the pictures sent show a live face, the right way round or mirrored."""
    played = play(
        SCENES[scene], finder, frames, Late(40, 1, 3), act=switch.act, camera=switch.camera, **switch.settings
    )
    assert played.session.report().frames.new > 0
    flipped = [(n, np.ascontiguousarray(picture.pixels[:, ::-1])) for n, picture in played.sent]
    likeness = np.maximum(played.likeness, judged(SCENES[scene], flipped))
    return int((likeness >= 0.8).sum())


@pytest.mark.parametrize("switch", ["mirror", "size of the camera"])
def test_no_live_face_is_sent_while_something_changes(switch, finder):
    assert bare("pop-in", SWITCHES[switch], finder, 50) == 0


def pairs() -> Iterator[ParameterSet]:
    """Every switch in every scene; one scene of each switch is not left to the long tests."""
    for number, switch in enumerate(SWITCHES):
        for place, scene in enumerate(("pop-in", "walk-in", "cuts")):
            marks = () if place == number % 3 else (pytest.mark.long,)
            yield pytest.param(switch, scene, marks=marks)


@pytest.mark.slow
@pytest.mark.parametrize(("switch", "scene"), list(pairs()))
def test_no_live_face_is_sent_whatever_changes(switch, scene, finder):
    assert bare(scene, SWITCHES[switch], finder, 90) == 0


def test_the_judge_finds_a_mirrored_face():
    scene = SCENES["pop-in"]
    given = [(n, np.ascontiguousarray(scene(n)[0][:, ::-1])) for n in range(0, 30, 3)]
    flipped = [(n, np.ascontiguousarray(pixels[:, ::-1])) for n, pixels in given]
    assert min(judged(scene, flipped)) >= 0.8
