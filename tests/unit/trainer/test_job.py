"""Enrolments and trainings as jobs: a statement is needed, what is better is kept, what cannot be done is refused."""

from pathlib import Path

import pytest

from livecam.consent.training_record import ANSWERS
from livecam.core.errors import ConsentError, PersonaError, UsageError
from livecam.core.fakes import FakeFinder
from livecam.core.persona import PersonaKind
from livecam.jobs.job import Progress
from livecam.jobs.kinds import FINISH, Call, kind_named
from livecam.personas.model_store import ModelStore
from livecam.personas.training_store import TrainingStore
from livecam.verify.verdict import verify
from tests.clips import steady, write_clip
from tests.trained_faces import drawn_amounts, expression_shapes, keep_model
from tests.unit.trainer.test_enrol import COUNT, SIZE_WH, mesh_of
from trainer import enrol

PERSONA = "robin"


def call_for(folder: Path, **settings: object) -> tuple[Call, list[Progress]]:
    heard: list[Progress] = []
    work = folder / "work"
    work.mkdir()
    return Call("0" * 16, (), {"persona": PERSONA, **settings}, work, folder, heard.append), heard


def test_a_job_trains_what_is_solved_at_once(tmp_path):
    keep_model(tmp_path, PERSONA)
    models = ModelStore(tmp_path)
    models.remove(PERSONA)
    call, heard = call_for(tmp_path, minutes=0)
    result = kind_named("train").run(call)
    assert result["stage"] == models.record(PERSONA).stage and result["files"] == ["preview.png"]
    # No operator is enrolled, so nothing aligns the examples.
    assert result["stage"] == "linear" and result["gain"] > 0
    assert any("linear" in one.doing for one in heard)
    assert verify(call.folder / "preview.png").label_count == 1


def test_a_training_sees_that_it_is_asked_to_end(tmp_path):
    call, _ = call_for(tmp_path)
    assert not call.is_finishing()
    (call.folder / FINISH).touch()
    assert call.is_finishing() and kind_named("train").finishes


def test_a_persona_that_is_not_enrolled_is_refused(tmp_path):
    with pytest.raises(PersonaError):
        kind_named("train").run(call_for(tmp_path)[0])


@pytest.mark.parametrize("minutes", ["ten", -1, 601])
def test_minutes_that_are_none_are_refused(tmp_path, minutes):
    with pytest.raises(UsageError, match="minutes"):
        kind_named("train").run(call_for(tmp_path, minutes=minutes)[0])


def enrolment_for(folder: Path, monkeypatch: pytest.MonkeyPatch, statement: str) -> Call:
    finder = FakeFinder([[mesh_of(shape)] for shape in expression_shapes(drawn_amounts(COUNT))])
    monkeypatch.setattr(enrol, "open_face_finder", lambda trusted=(): finder)
    clip = write_clip(folder / "talk.mp4", steady(COUNT, 6.0), SIZE_WH)
    settings = {"name": "me", "consent": "own", "statement": statement}
    return Call("0" * 16, (clip,), settings, folder, folder / "data", lambda progress: None)


def test_an_enrolment_says_what_is_missing(tmp_path, monkeypatch):
    call = enrolment_for(tmp_path, monkeypatch, ANSWERS[PersonaKind.OWN].statement)
    result = kind_named("enrol").run(call)
    record = TrainingStore(tmp_path / "data").check("me")
    assert record.kind is PersonaKind.OWN and result["pictures"] > 8
    assert "turned to one side" in result["missing"] and len(result["coverage"]) == 15
    assert any("pictures kept" in line for line in result["remarks"])


def test_an_enrolment_without_the_sentence_of_its_answer_is_refused(tmp_path, monkeypatch):
    call = enrolment_for(tmp_path, monkeypatch, "yes")
    with pytest.raises(ConsentError, match="statement was not made"):
        kind_named("enrol").run(call)
    assert TrainingStore(tmp_path / "data").names() == ()
