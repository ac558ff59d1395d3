"""One start token; cookies and tokens made of it allow what they were made for, and no more."""

import pytest
from starlette.testclient import TestClient

from livecam.studio.access import ALL, Access, Grant
from tests.unit.studio.conftest import ORIGIN


def test_a_start_token_has_256_bits_and_differs_every_time():
    tokens = {Access(1).start for _ in range(20)}
    assert len(tokens) == 20 and all(len(token) == 43 for token in tokens)


def test_no_token_is_kept_as_it_is():
    access = Access(1)
    assert access.start not in str(access._grants)


def test_a_forgotten_token_is_worth_nothing_and_the_start_token_stays():
    access = Access(1)
    token = access.issue([Grant.VIEW])
    access.forget(token)
    access.forget(access.start)
    assert access.grants(token) is None and access.grants(access.start) == ALL


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic abc", "bearer \udcff", "Bearer é"])
def test_a_malformed_header_is_no_token(header):
    access = Access(1)
    assert access.grants(access.token_in({"authorization": header})[0]) is None


def test_login_gives_a_cookie_that_scripts_and_other_sites_cannot_use(stranger, studio):
    answer = stranger.post("/api/v1/login", json={"token": studio.access.start}, headers={"X-Livecam": "1"})
    cookie = answer.headers["set-cookie"].lower()
    assert answer.status_code == 200 and "httponly" in cookie and "samesite=strict" in cookie
    assert studio.access.start not in cookie and studio.access.cookie in cookie
    assert stranger.get("/api/v1/live").status_code == 200


def test_a_wrong_token_is_refused(stranger):
    assert stranger.post("/api/v1/login", json={"token": "x"}, headers={"X-Livecam": "1"}).status_code == 401


def test_logout_makes_the_cookie_worthless(stranger, studio):
    stranger.post("/api/v1/login", json={"token": studio.access.start}, headers={"X-Livecam": "1"})
    kept = dict(stranger.cookies)
    assert stranger.delete("/api/v1/login", headers={"X-Livecam": "1"}).status_code == 204
    stranger.cookies.update(kept)
    assert stranger.get("/api/v1/live").status_code == 401


@pytest.mark.parametrize(
    ("grant", "allowed", "refused"),
    [
        ("view", ("GET", "/api/v1/jobs"), ("POST", "/api/v1/queue/pause")),
        ("operate", ("POST", "/api/v1/queue/pause"), ("GET", "/api/v1/jobs")),
        ("view", ("GET", "/api/v1/media"), ("POST", "/api/v1/personas")),
        ("camera", ("GET", "/api/v1/health"), ("PUT", "/api/v1/live")),
    ],
)
def test_a_token_allows_what_it_was_made_for(client, guarded, grant, allowed, refused):
    made = client.post("/api/v1/tokens", json={"grants": [grant]}).json()
    program = TestClient(guarded, base_url=ORIGIN, headers={"Authorization": f"Bearer {made['token']}"})
    assert program.request(*allowed, json={}).status_code < 300
    assert program.request(*refused, json={"settings": {}}).status_code == 403


def test_a_token_makes_none_with_more_grants(client, guarded):
    made = client.post("/api/v1/tokens", json={"grants": ["operate"]}).json()
    program = TestClient(guarded, base_url=ORIGIN, headers={"Authorization": f"Bearer {made['token']}"})
    assert program.post("/api/v1/tokens", json={"grants": ["personas"]}).status_code == 403
