"""In front of every route.

The host, the origin and the token of a request, and the headers of every answer.
"""

from collections.abc import Collection, Iterator
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from livecam.core.digits import read_count
from livecam.studio.access import Access
from livecam.studio.problem import Problem

API: Final = "/api/v1"
OPEN: Final = frozenset((f"{API}/login", f"{API}/health"))
"""Routes that need no token."""
UNSAFE: Final = frozenset(("POST", "PUT", "PATCH", "DELETE"))
OWN_HEADER: Final = "x-livecam"
"""A page of another origin cannot set it without asking first, which is always refused."""
MOST_BODY_BYTES: Final = 1 << 20
_UPLOADS: Final = f"{API}/uploads"
_POLICY: Final = (
    "default-src 'self'; connect-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "worker-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(self), microphone=(self), geolocation=(), display-capture=()",
}


class Guard:
    """Refuses before a route is looked for.

    Args:
        app: What answers.
        access: The tokens.
        hosts: Names with port that the Host header may have.
        scheme: "http" or "https", of allowed origins.
    """

    def __init__(self, app: ASGIApp, access: Access, hosts: Collection[str], scheme: str = "http") -> None:
        self._app, self._access = app, access
        self._hosts = frozenset(host.lower() for host in hosts)
        self._origins = frozenset(f"{scheme}://{host}" for host in self._hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = dict(_lower(scope["headers"]))
        problem = self._refusal(scope, headers)
        if problem is None:
            await self._app(scope, _limit(scope, receive), _with_headers(scope, send))
        elif scope["type"] == "websocket":
            # Refused before it is accepted: the browser sees 403.
            await send({"type": "websocket.close", "code": 4403})
        else:
            await problem.response()(scope, receive, _with_headers(scope, send))

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> Problem | None:
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if host not in self._hosts or len([name for name, _ in scope["headers"] if name == b"host"]) != 1:
            return Problem(
                421, "host-not-allowed", "the Host header names another host", "livecam studio --allow-host NAME"
            )
        if origin is not None and origin.lower() not in self._origins:
            return Problem(403, "foreign-origin", "the Origin header names another site", "open the studio's own page")
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return Problem(403, "foreign-origin", "another site asks for this", "open the studio's own page")
        if scope["type"] == "websocket" and origin is None and headers.get("authorization") is None:
            return Problem(403, "foreign-origin", "a browser names its origin", "send an Authorization header")
        return self._unauthenticated(scope, headers)

    def _unauthenticated(self, scope: Scope, headers: dict[str, str]) -> Problem | None:
        path, method = scope["path"], scope.get("method", "GET")
        if not path.startswith("/api/"):
            return None
        token, is_cookie = self._access.token_in(headers)
        grants = self._access.grants(token)
        if grants is None and path not in OPEN:
            return Problem(
                401, "unauthenticated", "no token, or an unknown one", "open the address that livecam studio printed"
            )
        if is_cookie and method in UNSAFE and OWN_HEADER not in headers:
            return Problem(403, "foreign-origin", "the header X-Livecam is missing", "send X-Livecam: 1")
        length = read_count(headers.get("content-length", "0"))
        if not path.startswith(_UPLOADS) and (length is None or length > MOST_BODY_BYTES):
            return Problem(413, "too-large", f"a body has {MOST_BODY_BYTES} bytes at most", "POST /api/v1/uploads")
        scope.setdefault("state", {})["grants"] = grants or frozenset()
        scope["state"]["token"] = token
        return None


def _lower(headers: list[tuple[bytes, bytes]]) -> Iterator[tuple[str, str]]:
    for name, value in headers:
        yield name.decode("latin-1").lower(), value.decode("latin-1")


def _limit(scope: Scope, receive: Receive) -> Receive:
    """Cut a body without a length off once it is too long.

    Uploads count for themselves.
    """
    if scope["type"] != "http" or scope["path"].startswith(_UPLOADS):
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= MOST_BODY_BYTES else {"type": "http.disconnect"}

    return counted


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            names = {name.lower() for name, _ in message["headers"]}
            own = {name.encode(): value.encode() for name, value in HEADERS.items()}
            if scope["path"].startswith("/api/"):
                own[b"cache-control"] = b"no-store"
            message["headers"] = [*message["headers"], *((n, v) for n, v in own.items() if n not in names)]
        await send(message)

    return sent
