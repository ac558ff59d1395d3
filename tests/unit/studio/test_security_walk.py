"""Every route of the OpenAPI file is refused without a token.

For another host and from another site.
"""

import re

import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from livecam.studio.app import SOCKETS, routes
from livecam.studio.guard import API, OPEN
from tests.unit.studio.conftest import HOST, ORIGIN

VALUES = {"name": "robin", "job_id": "0" * 16, "media_id": "0" * 16, "upload_id": "0" * 16}


def walk() -> list[tuple[str, str]]:
    paths = routes().openapi()["paths"]
    return [(method.upper(), path) for path, item in paths.items() for method in item]


def sockets() -> list[str]:
    found = [f"{API}{route.path}" for module in SOCKETS for route in module.router.routes]
    assert found
    return found


def filled(path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda match: VALUES[match[1]], path)


def test_the_walk_sees_the_routes_that_there_are():
    assert len(walk()) >= 40
    assert {"/api/v1/live", "/api/v1/media/{media_id}/content", "/api/v1/uploads"} <= {path for _, path in walk()}


@pytest.mark.parametrize(("method", "path"), walk())
def test_a_route_without_a_token_is_refused(stranger, method, path):
    if path in OPEN:
        pytest.skip("this route is how a token is shown")
    assert stranger.request(method, filled(path)).status_code == 401


@pytest.mark.parametrize(("method", "path"), walk())
def test_a_route_for_another_host_is_refused(client, method, path):
    for host in ("evil.example", "127.0.0.1", "127.0.0.1:9", f"evil.example#{HOST}", ""):
        assert client.request(method, filled(path), headers={"Host": host}).status_code == 421


@pytest.mark.parametrize(("method", "path"), walk())
def test_a_route_from_another_site_is_refused(client, method, path):
    for origin in ("http://evil.example", "null", "http://127.0.0.1", "https://127.0.0.1:8000", f"{ORIGIN}.evil"):
        assert client.request(method, filled(path), headers={"Origin": origin}).status_code == 403
    for site in ("cross-site", "same-site"):
        assert client.request(method, filled(path), headers={"Sec-Fetch-Site": site}).status_code == 403


@pytest.mark.parametrize(("method", "path"), walk())
def test_a_rebinding_page_with_its_own_host_and_origin_is_refused(client, method, path):
    headers = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
    assert client.request(method, filled(path), headers=headers).status_code == 421


@pytest.mark.parametrize(("method", "path"), [each for each in walk() if each[0] in ("POST", "PUT", "PATCH", "DELETE")])
def test_a_cookie_alone_changes_nothing(guarded, studio, method, path):
    browser = TestClient(guarded, base_url=ORIGIN, cookies={studio.access.cookie: studio.access.issue(["view"])})
    assert browser.request(method, filled(path)).status_code == 403


@pytest.mark.parametrize("path", sockets())
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": ORIGIN},
        {"Origin": "http://evil.example"},
        {"Host": "evil.example"},
        {"Authorization": "Bearer wrong", "Origin": ORIGIN},
    ],
)
def test_a_socket_is_refused_without_token_or_from_elsewhere(stranger, path, headers):
    with pytest.raises(WebSocketDisconnect), stranger.websocket_connect(f"ws://{HOST}{path}", headers=headers):
        pass


@pytest.mark.parametrize("path", sockets())
def test_a_socket_is_refused_without_its_grant(guarded, studio, path):
    token = studio.access.issue(["personas"])
    client = TestClient(guarded, base_url=ORIGIN, headers={"Authorization": f"Bearer {token}"})
    with pytest.raises(WebSocketDisconnect), client.websocket_connect(f"ws://{HOST}{path}"):
        pass


@pytest.mark.parametrize("path", sockets())
def test_a_socket_opens_with_a_token_for_our_host(client, path):
    with client.websocket_connect(f"ws://{HOST}{path}"):
        pass


def test_only_two_routes_are_open():
    assert {"/api/v1/login", "/api/v1/health"} == OPEN


def test_no_answer_lets_another_site_in(client):
    for path in ("/api/v1/health", "/", "/api/v1/live"):
        headers = client.get(path, headers={"Origin": ORIGIN}).headers
        assert not [name for name in headers if name.startswith("access-control-")]
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff" and headers["referrer-policy"] == "no-referrer"
