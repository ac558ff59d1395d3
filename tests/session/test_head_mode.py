"""Mode head through a whole session: no live face and no live hair reaches the sink, whatever the network says."""

import numpy as np
import pytest

from livecam.config.settings import Settings
from livecam.core.errors import EngineError, UsageError
from livecam.core.label import Label
from livecam.core.segmentation import CLASS_COUNT, HeadClass
from livecam.video.head.drawer import LEARNING, UNKNOWN
from tests.session.stage import LEAK_CORRELATION, Shot, hair_at, noise_shown, perform, picture_of

SIDE = 80
CENTRE = (160.0, 110.0)
RIGHT_FOR = 70
"""Looks that are right before the fault begins: the opening card is over by then."""
FRAMES = 110


def all_of(kind: HeadClass) -> np.ndarray:
    """A look in which everything is of one kind."""
    shares = np.zeros((CLASS_COUNT, SIDE, SIDE), np.float32)
    shares[kind] = 1
    return shares


def noise(seed: int) -> np.ndarray:
    """A look in which every pixel is drawn by chance."""
    drawn = np.random.default_rng(seed).random((CLASS_COUNT, SIDE, SIDE)).astype(np.float32)
    return drawn / drawn.sum(0)


FAULTS = {
    "nothing": [all_of(HeadClass.BACKGROUND)] * FRAMES,
    "everything": [all_of(HeadClass.HEAD)] * FRAMES,
    "all in front": [all_of(HeadClass.FRONT)] * FRAMES,
    "all clothes": [all_of(HeadClass.CLOTHES)] * FRAMES,
    "noise": [noise(n) for n in range(FRAMES)],
    "not a number": [np.full((CLASS_COUNT, SIDE, SIDE), np.nan, np.float32)] * FRAMES,
    "raises": [EngineError("the network was set to fail", command="livecam doctor")] * FRAMES,
    "now and then nothing": [all_of(HeadClass.BACKGROUND), None] * (FRAMES // 2),
}

QUICK = {"everything", "raises", "noise"}


def shots(count: int = FRAMES) -> list[Shot]:
    return [Shot(faces=((CENTRE[0] + n % 12, CENTRE[1]),), hairy=True) for n in range(count)]


def test_the_judge_sees_live_hair_and_a_live_face_and_swap_shows_the_hair():
    shot = shots(1)[0]
    assert noise_shown(picture_of(shot), CENTRE) > LEAK_CORRELATION
    assert noise_shown(picture_of(shot), hair_at(CENTRE)) > LEAK_CORRELATION
    _, sink = perform(shots(75), mode="swap")
    assert sink.hair and not sink.leaks


def test_a_head_is_shown_without_live_face_or_hair():
    session, sink = perform(shots(90), mode="head")
    report = session.report()
    assert report.frames.new > 20 and sink.hair == sink.leaks == []
    assert report.head.guessed == 0 and report.head.left_worst <= 0.02
    assert report.head.pictures == sum(report.levels.values()) - sum(report.holds.values())


@pytest.mark.parametrize(
    "fault", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAULTS]
)
def test_a_wrong_look_shows_nothing_live_and_holds_after_a_second(fault):
    session, sink = perform(shots(), looks=[None] * RIGHT_FOR + FAULTS[fault], mode="head")
    assert sink.leaks == [] and sink.hair == []
    assert session.report().head.guessed > 0
    assert any(seq > RIGHT_FOR for seq in sink.shown)
    assert session.report().holds[UNKNOWN] > 0 and max(sink.shown) < RIGHT_FOR + 30


@pytest.mark.parametrize("fault", ["nothing", "raises"])
def test_a_head_that_was_never_seen_is_never_drawn(fault):
    session, sink = perform(shots(80), looks=FAULTS[fault], mode="head")
    assert set(sink.shown) == {-1} and session.report().frames.new == 0


def test_the_room_is_learned_before_the_first_picture():
    nowhere = [all_of(HeadClass.BACKGROUND)] * 4
    session, _ = perform(shots(10), looks=nowhere, mode="head")
    report = session.report()
    assert report.holds[LEARNING] >= 4 and report.head.pictures > 0


def test_a_second_person_holds_the_picture():
    both = [Shot(faces=((90.0, 100.0), (230.0, 100.0)), hairy=True) for _ in range(20)]
    session, sink = perform(shots(65) + both, mode="head")
    assert session.report().holds["two faces"] > 0
    assert sink.leaks == sink.hair == []


@pytest.mark.parametrize("start", [(30.0, 110.0), (290.0, 110.0), (160.0, 72.0), (160.0, 190.0)])
def test_a_face_at_the_edge_shows_nothing_live(start):
    moving = [Shot(faces=((start[0] + n % 5, start[1]),), hairy=True) for n in range(75)]
    _, sink = perform(moving, mode="head")
    assert sink.leaks == []


@pytest.mark.parametrize("looks", [(), [None] * RIGHT_FOR + FAULTS["now and then nothing"]])
def test_a_body_in_the_personas_tone_shows_nothing_live(looks):
    session, sink = perform(shots(90), looks=looks, mode="head", skin="persona")
    assert sink.leaks == sink.hair == [] and session.report().frames.new > 15
    assert session.report().head.skin == "persona"


def test_another_persona_and_a_mirrored_picture_show_nothing_live():
    session, sink = perform(shots(65), mode="head")
    session.mirror(True)
    assert session.payload.label == "AI MODIFIED" and sink.leaks == sink.hair == []


def test_the_label_changes_with_the_mode_in_a_running_session():
    session, _ = perform(shots(3), mode="head")
    assert session.payload.label is Label.MODIFIED
    session.mode("puppet")
    assert session.payload.label is Label.GENERATED
    session.mode("head")
    assert session.payload.label is Label.MODIFIED


def test_heads_are_refused_where_not_opened_or_for_all_faces():
    session, _ = perform(shots(2), mode="swap")
    with pytest.raises(UsageError, match="opened without heads"):
        session.mode("head")
    with pytest.raises(UsageError, match="there is no mode"):
        session.mode("typed")
    with pytest.raises(UsageError, match="one head"):
        Settings(persona="robin", mode="head", faces="all")
