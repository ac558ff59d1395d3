"""The routes answer what the use cases say, in the words of the command line."""

import pytest

from livecam.core.errors import ConsentError, DeviceError, EngineError, PersonaError
from livecam.jobs.job import State

FACTS = {
    "kind": "video",
    "width": 64,
    "height": 48,
    "rate_hz": 30.0,
    "length_s": 1.0,
    "has_sound": False,
    "thumb": "",
}


def send(client, studio, data=b"a clip", name="clip.mp4"):
    studio.helper.answers["probe"] = FACTS
    made = client.post("/api/v1/uploads", json={"length": len(data), "name": name}).json()
    return client.put(f"/api/v1/uploads/{made['id']}", content=data)


def test_health_says_nothing_but_that_it_runs(stranger):
    assert stranger.get("/api/v1/health").json() == {"ok": True}


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (ConsentError("no answer", advice="answer"), 403, "consent-required", 5),
        (PersonaError("no such persona", advice="list"), 422, "persona", 5),
        (DeviceError("no camera", command="livecam devices"), 503, "device", 3),
        (EngineError("no engine", command="livecam doctor"), 503, "engine", 4),
    ],
)
def test_a_failure_is_a_problem_with_the_two_lines_and_the_exit_code(client, studio, error, status, kind, code):
    studio.helper.answers["personas"] = error
    answer = client.get("/api/v1/personas")
    body = answer.json()
    assert (answer.status_code, body["type"], body["exit_code"]) == (status, kind, code)
    assert (body["detail"], body["do_next"]) == (str(error), error.help_text)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_body_names_the_field(client):
    body = client.put("/api/v1/live", json={"settings": {"persona": [1]}}).json()
    assert body["type"] == "wrong-value" and "settings" in body["detail"]


def test_an_unknown_field_is_refused(client):
    assert client.post("/api/v1/verify", json={"media": "0" * 16, "path": "/etc/passwd"}).status_code == 422


def test_an_unexpected_failure_has_a_number_and_no_traceback(guarded, studio, capsys):
    from starlette.testclient import TestClient

    studio.helper.answers["personas"] = RuntimeError("/home/someone/secret")
    headers = {"Authorization": f"Bearer {studio.access.start}"}
    client = TestClient(guarded, base_url="http://127.0.0.1:8000", headers=headers, raise_server_exceptions=False)
    answer = client.get("/api/v1/personas")
    assert answer.status_code == 500 and answer.json()["type"] == "defect"
    assert "secret" not in answer.text + capsys.readouterr().err


@pytest.mark.parametrize(
    "settings",
    [
        {"sink": "file:/etc/cron.d/x"},
        {"camera": "/etc/passwd"},
        {"engine": "onnx:/tmp/evil.onnx"},
        {"engine": "grpc://evil.example/x"},
        {"voice": "/tmp/evil.onnx"},
        {"microphone": "/etc/passwd"},
        {"voice-sink": "file:/tmp/x.wav"},
        {"voice-engine": "onnx@/tmp/x"},
        {"enhance": "onnx:/tmp/evil.onnx"},
        {"record": "/tmp/x.mp4"},
        {"json": "/tmp/x.json"},
        {"data-folder": "/tmp"},
        {"face": "/etc/passwd"},
        {"consent": "own"},
        {"trust-plugin": "evil"},
        {"identity-model": "/tmp/evil.onnx"},
        {"sink": "virtualcam:/dev/video0/../../etc/passwd"},
    ],
)
def test_no_setting_names_a_program_or_a_place(client, studio, settings):
    answer = client.put("/api/v1/live", json={"settings": {"persona": "robin", **settings}})
    assert answer.status_code == 422 and answer.json()["exit_code"] == 2
    assert studio.live.now.state == "off"
    media = send(client, studio).json()["id"]
    asked = {"kind": "replay", "media": [media], "settings": {"persona": "robin", **settings}}
    assert client.post("/api/v1/jobs", json=asked).status_code == 422


def test_a_persona_without_a_statement_is_refused_before_anything_is_kept(client, studio):
    media = send(client, studio, name="me.jpg").json()["id"]
    studio.helper.answers["persona-add"] = ConsentError("no user has said who me.jpg shows", advice="answer")
    answer = client.post("/api/v1/personas", json={"media": media})
    assert answer.status_code == 403 and answer.json()["type"] == "consent-required"
    asked = dict(studio.helper.asked)["persona-add"]
    assert asked["consent"] is None and asked["statement"] is None and asked["agreed_again"] is False


def test_an_exported_persona_comes_in_from_an_upload_that_is_whole(client, studio):
    upload = client.post("/api/v1/uploads", json={"length": 4, "name": "me.age"}).json()["id"]
    asked = {"upload": upload, "passphrase": "four quiet garden chairs"}
    assert client.post("/api/v1/personas/import", json=asked).status_code == 409
    head = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    client.patch(f"/api/v1/uploads/{upload}", content=b"4444", headers=head)
    studio.helper.answers["persona-import"] = ConsentError("no one has said", advice="answer")
    assert client.post("/api/v1/personas/import", json=asked).json()["type"] == "consent-required"
    words = dict(studio.helper.asked)["persona-import"]
    assert words["file_name"] == "me.age" and words["consent"] is None and words["statement"] is None
    assert client.get(f"/api/v1/uploads/{upload}").status_code == 200, "another try needs it"


def test_a_job_is_accepted_at_once_with_its_place(client, studio):
    media = send(client, studio).json()["id"]
    answer = client.post("/api/v1/jobs", json={"kind": "replay", "media": [media], "settings": {"persona": "robin"}})
    body = answer.json()
    assert answer.status_code == 202 and answer.headers["location"] == body["links"]["self"]
    assert body["inputs"] == ["clip.mp4"] and "/" not in str(body["inputs"])


def test_the_same_key_gives_the_same_job(client, studio):
    media = send(client, studio).json()["id"]
    asked, headers = {"kind": "verify", "media": [media]}, {"Idempotency-Key": "k1"}
    first = client.post("/api/v1/jobs", json=asked, headers=headers).json()
    assert client.post("/api/v1/jobs", json=asked, headers=headers).json()["id"] == first["id"]
    other = client.post("/api/v1/jobs", json={"kind": "sign", "media": [media]}, headers=headers)
    assert other.status_code == 422 and "another request" in other.json()["detail"]


def test_a_job_that_waits_is_cancelled_retried_and_removed(client, studio):
    media = send(client, studio).json()["id"]
    job = client.post("/api/v1/verify", json={"media": media}).json()["links"]["self"]
    assert client.post(f"{job}/cancel").json()["state"] == "cancelled"
    assert client.post(f"{job}/retry").json()["state"] == "queued"
    assert client.delete(job).status_code == 409
    client.post(f"{job}/cancel")
    assert client.delete(job).status_code == 204 and client.get(job).status_code == 404


def test_a_failed_job_says_what_the_command_line_says(client, studio):
    from livecam.jobs.job import Failure

    media = send(client, studio).json()["id"]
    job = client.post("/api/v1/verify", json={"media": media}).json()
    studio.jobs.change(studio.jobs.claim(), State.FAILED, failure=Failure("it is damaged", "try another", 2))
    failed = client.get(f"/api/v1/jobs/{job['id']}").json()["failure"]
    assert failed == {"says": "it is damaged", "hint": "try another", "exit_code": 2}


def test_a_stale_change_of_the_session_is_refused(client):
    tag = client.get("/api/v1/live").headers["etag"]
    assert (
        client.patch("/api/v1/live", json={"settings": {"mirror": True}}, headers={"If-Match": tag}).status_code == 200
    )
    stale = client.patch("/api/v1/live", json={"settings": {"mirror": False}}, headers={"If-Match": tag})
    assert stale.status_code == 412


def test_events_are_replayed_from_the_number_that_was_seen_last(client, studio):
    for name in ("one", "two", "three"):
        studio.jobs.say("persona", name, {"change": "added"})
    first = client.get("/api/v1/events?after=0&limit=3").text
    assert [line for line in first.splitlines() if line.startswith("id: ")] == ["id: 1", "id: 2", "id: 3"]
    again = client.get("/api/v1/events?limit=1", headers={"Last-Event-ID": "2"}).text
    assert "three" in again and "two" not in again


def test_the_page_names_its_assets_by_hash_so_that_they_can_be_kept(stranger):
    import re

    page = stranger.get("/").text
    for address in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page):
        answer = stranger.get(address)
        assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]
    assert stranger.get("/assets/0000/js/main.js").status_code == 404
    assert stranger.get("/assets/../../app.py").status_code == 404


def test_the_committed_description_is_the_present_one():
    import json
    from pathlib import Path

    from livecam.studio.app import routes

    committed = json.loads((Path(__file__).parents[3] / "docs" / "openapi.json").read_text(encoding="utf-8"))
    present = routes().openapi()
    present["info"]["version"] = committed["info"]["version"]
    assert present == committed, "run scripts/make_openapi.py"
    assert present["openapi"].startswith("3.1")


def test_every_setting_that_the_page_may_name_is_a_setting():
    from livecam.config.setting_values import SETTINGS
    from livecam.jobs.kinds import kind_named, kind_names
    from livecam.studio.session.orders import KEYS

    assert set(SETTINGS) >= KEYS
    # Names in the store, a number and a sentence that is compared; no settings of a run.
    of_training = {"operator", "minutes", "name", "statement"}
    for name in kind_names():
        assert set(SETTINGS) | of_training >= kind_named(name).keys
