"""The end of a run says what came of it, and its exit code is 0 only where the user got a picture."""

import pytest

from livecam.app.outcome import busy_line, check_shown, held_line, never_shown
from livecam.cli.status import summary
from livecam.core.errors import CameraError, EngineError
from livecam.core.report import FrameCounts, MachineLoad, Report


def held(seconds: float = 10.0, new: int = 0, captured: int = 90, **reasons: int) -> Report:
    """A run that held frames for these reasons, underscores for spaces."""
    holds = {reason.replace("_", " "): count for reason, count in reasons.items()}
    levels = {"HOLD": sum(holds.values()), "RENDER": new}
    return Report(seconds=seconds, frames=FrameCounts(captured=captured, new=new), holds=holds, levels=levels)


def test_a_run_in_which_nothing_was_held_says_nothing_of_it():
    assert held_line(held(new=90)) is None
    assert "not shown" not in summary(held(new=90))


def test_the_commonest_reasons_are_said_with_their_share():
    report = held(new=60, no_face=20, two_faces=10, frame_too_old=9, track_is_stale=1)
    assert held_line(report) == (
        "no face in 20 of 100 frames (20 %), two faces in 10 of 100 frames (10 %), "
        "too late to be drawn in 9 of 100 frames (9 %), other reasons in 1"
    )
    assert "not shown: no face in 20 of 100" in summary(report)


def test_a_run_without_any_face_has_a_sentence_of_its_own():
    report = held(two_faces=90)
    assert never_shown(report) == "no face was ever shown: two faces in 90 of 90 frames (100 %)"
    assert "No face was ever shown: two faces in 90 of 90" in summary(report)


def test_new_pictures_are_counted_next_to_those_sent():
    report = Report(seconds=10.0, fps=30.0, new_fps=17.0, frames=FrameCounts(sent=300, new=170, held=70, cards=60))
    assert "300 pictures in 10.0 s (30.0 a second), 170 of them new (17.0 a second)" in summary(report)
    assert "70 repeated, 60 of a card" in summary(report)


@pytest.mark.parametrize(
    ("report", "error", "hint"),
    [
        (held(two_faces=90), CameraError, "--faces all"),
        (held(no_face=90), CameraError, "lit from the front"),
        (held(frame_too_old=80, no_face=10), EngineError, "--size"),
        (held(frame_too_old=1, no_face=1), CameraError, "lit from the front"),
        (held(an_engine_failed=31), EngineError, "livecam doctor"),
        (held(captured=0), CameraError, "livecam devices"),
        (held(captured=20), CameraError, "five seconds or more"),
    ],
    ids=lambda value: str(getattr(value, "holds", "")),
)
def test_without_a_new_picture_a_run_has_failed(report, error, hint):
    with pytest.raises(error, match="no face was ever shown") as caught:
        check_shown(report)
    assert hint in caught.value.help_text


def test_one_new_picture_is_what_was_asked_for():
    check_shown(held(new=1, no_face=89))


def test_a_user_who_ends_it_in_the_first_seconds_has_missed_nothing():
    check_shown(held(seconds=2.0), ended_by_user=True)
    with pytest.raises(CameraError):
        check_shown(held(seconds=20.0, no_face=600), ended_by_user=True)


@pytest.mark.parametrize(
    ("busy", "said"),
    [
        ({}, None),
        ({"others_percent": 10.0, "steal_percent": 0.0, "load_1min": 1.0}, None),
        (
            {"others_percent": 85.2, "steal_percent": 0.0, "load_1min": 16.7},
            "the machine was busy: other programs used 85 % of its processors; load 16.7 on 2 processors",
        ),
        ({"others_percent": 10.0, "steal_percent": 12.0}, "the machine was busy: its host took 12 % of its processors"),
    ],
)
def test_a_machine_that_was_busy_is_said(busy, said):
    report = Report(busy=MachineLoad(**busy), machine={"cores": 2}, frames=FrameCounts(new=1))
    assert busy_line(report) == said
    assert ("busy" in summary(report)) is (said is not None)


def test_a_run_without_any_face_has_the_code_of_its_reason(livecam, stage, monkeypatch):
    from tests.unit.cli.conftest import ScriptedSession

    monkeypatch.setattr(ScriptedSession, "report", lambda self: held(two_faces=90))
    said = livecam("run", "--persona", "robin")
    assert said.code == 3
    assert said.err.splitlines()[0] == "livecam: no face was ever shown: two faces in 90 of 90 frames (100 %)"
    assert said.err.splitlines()[1].startswith("  one person alone")


def test_what_was_remarked_on_the_way_is_said_once_at_the_end(livecam, stage, monkeypatch):
    from tests.unit.cli.conftest import ScriptedSession

    at_start = "there is no virtual camera on this system"
    report = Report(frames=FrameCounts(new=1), remarks=(at_start, "the clip has a gap of 2 s"))
    monkeypatch.setattr(ScriptedSession, "report", lambda self: report)
    said = livecam("run", "--persona", "robin")
    assert said.out.count(at_start) == 1
    assert "note: the clip has a gap of 2 s\n" in said.out


def test_the_end_of_a_clip_is_said(livecam, stage):
    assert "the clip fake camera ended" in livecam("run", "--persona", "robin").out
