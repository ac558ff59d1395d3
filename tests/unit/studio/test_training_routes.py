"""Training through the API: consent of its own kind, a preview, an early end, and the grants that each needs."""

import pytest
from starlette.testclient import TestClient

from livecam.consent.training_record import ANSWERS
from livecam.core.errors import ConsentError
from livecam.core.persona import PersonaKind
from livecam.jobs.job import State
from livecam.jobs.kinds import FINISH, PREVIEW
from livecam.studio.helper import trained
from tests.trained_faces import keep_model
from tests.unit.studio.conftest import ORIGIN
from tests.unit.studio.test_routes import send

STATEMENT = ANSWERS[PersonaKind.OWN].statement


def clip_of(client, studio):
    return send(client, studio, name="talk.mp4").json()["id"]


def running_training(client, studio):
    made = client.post("/api/v1/jobs", json={"kind": "train", "settings": {"persona": "sam"}}).json()
    job = studio.jobs.claim()
    assert job.id == made["id"]
    studio.jobs.folder_of(job).mkdir(parents=True)
    return job


def test_an_enrolment_without_a_statement_is_refused_and_not_queued(client, studio):
    media = clip_of(client, studio)
    studio.helper.answers["training-check"] = ConsentError("no user has said who talk.mp4 shows", advice="answer")
    answer = client.post("/api/v1/training", json={"media": [media], "name": "me"})
    assert (answer.status_code, answer.json()["type"]) == (403, "consent-required")
    assert dict(studio.helper.asked)["training-check"]["consent"] is None
    assert studio.jobs.list() == ()


def test_an_enrolment_is_queued_with_its_statement(client, studio):
    media = clip_of(client, studio)
    studio.helper.answers["training-check"] = "own"
    wish = {"media": [media], "name": "me", "consent": "own", "statement": STATEMENT}
    answer = client.post("/api/v1/training", json=wish)
    assert answer.status_code == 202 and answer.headers["Location"].endswith(answer.json()["id"])
    job = studio.jobs.get(answer.json()["id"])
    assert answer.json()["media"] == [media], "the page takes the same clips again, with what was missing"
    assert (job.kind, job.settings) == ("enrol", {"name": "me", "consent": "own", "statement": STATEMENT})


@pytest.mark.parametrize(
    ("consent", "statement"), [(None, None), ("own", None), ("own", ANSWERS[PersonaKind.CONSENTED].statement)]
)
def test_the_statement_is_that_of_training_and_of_the_answer(tmp_path, consent, statement):
    with pytest.raises(ConsentError):
        trained.check(tmp_path, "talk.mp4", "me", consent, statement)
    assert trained.check(tmp_path, "talk.mp4", "me", "own", STATEMENT) == "own"


def test_who_may_only_operate_cannot_enrol(guarded, studio, client):
    media = clip_of(client, studio)
    operator = TestClient(
        guarded, base_url=ORIGIN, headers={"Authorization": f"Bearer {studio.access.issue(['view', 'operate'])}"}
    )
    settings = {"name": "me", "consent": "own", "statement": STATEMENT}
    for path, body in (
        ("/training", {"media": [media], **settings}),
        ("/jobs", {"kind": "enrol", "media": [media], "settings": settings}),
    ):
        answer = operator.post(f"/api/v1{path}", json=body)
        assert (answer.status_code, answer.json()["type"]) == (403, "grant-missing")
    assert studio.jobs.list() == ()


def test_a_preview_comes_as_soon_as_there_is_one(client, studio):
    job = running_training(client, studio)
    assert client.get(f"/api/v1/jobs/{job.id}/preview").status_code == 404
    (studio.jobs.folder_of(job) / PREVIEW).write_bytes(b"a png")
    answer = client.get(f"/api/v1/jobs/{job.id}/preview")
    assert (answer.content, answer.headers["content-type"]) == (b"a png", "image/png")
    assert answer.headers["cache-control"] == "no-store"


def test_a_training_that_runs_is_asked_to_end_early(client, studio):
    job = running_training(client, studio)
    assert client.post(f"/api/v1/jobs/{job.id}/finish").json()["state"] == "running"
    assert (studio.jobs.folder_of(job) / FINISH).exists()
    studio.jobs.change(job, State.DONE, result={})
    assert client.post(f"/api/v1/jobs/{job.id}/finish").status_code == 422


def test_a_kind_that_cannot_end_early_says_so(client, studio):
    media = clip_of(client, studio)
    client.post("/api/v1/jobs", json={"kind": "replay", "media": [media], "settings": {"persona": "robin"}})
    job = studio.jobs.claim()
    answer = client.post(f"/api/v1/jobs/{job.id}/finish")
    assert answer.status_code == 422 and "cannot end early" in answer.json()["detail"]


def test_enrolments_and_models_are_listed_in_plain_types(tmp_path, client, studio):
    keep_model(tmp_path, "sam")
    [row] = trained.list_all(tmp_path)
    assert (row["name"], row["kind"], row["has_persona"], row["trouble"]) == ("sam", "synthetic", False, None)
    assert row["model"]["stage"] == "linear" and row["model"]["gain"] is None
    studio.helper.answers["training"] = [row]
    assert client.get("/api/v1/training").json() == [row]


def test_a_removed_face_is_gone_and_a_revoked_one_stays_away(tmp_path, client, studio):
    keep_model(tmp_path, "kim")
    studio.helper.answers["training-remove"] = trained.remove(tmp_path, "kim")
    assert client.delete("/api/v1/training/kim").json()["gone"] == ["model", "pictures"]
    keep_model(tmp_path, "kim")
    studio.helper.answers["training-revoke"] = trained.revoke(tmp_path, "kim")
    assert client.post("/api/v1/training/kim/revoke").json()["gone"] == ["kim", "kim"]
    assert trained.list_all(tmp_path) == []
    assert {event.topic for event in studio.jobs.events(0)} == {"training"}
    with pytest.raises(ConsentError, match="taken back"):
        keep_model(tmp_path, "kim")


def test_a_session_may_have_the_trained_engine(studio):
    from livecam.studio.session.orders import checked

    assert checked({"persona": "sam", "engine": "trained"})["engine"] == "trained"
