"""Training as a job: it keeps what is better than the photo, and refuses what cannot be done."""

from pathlib import Path

import pytest

from livecam.core.errors import PersonaError, UsageError
from livecam.jobs.job import Progress
from livecam.jobs.kinds import Call, kind_named
from livecam.personas.model_store import ModelStore
from tests.trained_faces import keep_model

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


def test_a_persona_that_is_not_enrolled_is_refused(tmp_path):
    with pytest.raises(PersonaError):
        kind_named("train").run(call_for(tmp_path)[0])


@pytest.mark.parametrize("minutes", ["ten", -1, 601])
def test_minutes_that_are_none_are_refused(tmp_path, minutes):
    with pytest.raises(UsageError, match="minutes"):
        kind_named("train").run(call_for(tmp_path, minutes=minutes)[0])
