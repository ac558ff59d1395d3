"""Who may do what: one start token, cookies made of it, and tokens for programs with fewer grants."""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from enum import StrEnum
from http.cookies import CookieError, SimpleCookie
from threading import Lock
from typing import Final

_BYTES: Final = 32
_BEARER: Final = "bearer "
_MOST_TOKENS: Final = 1000


class Grant(StrEnum):
    """What a token allows."""

    VIEW = "view"
    """See state, previews, jobs and results."""
    OPERATE = "operate"
    """Start, stop and change sessions and jobs; upload and delete media."""
    PERSONAS = "personas"
    """Add, export and revoke personas and voices."""
    CAMERA = "camera"
    """Be the camera of a session."""


ALL: Final = frozenset(Grant)


class Access:
    """The tokens of one run of the studio; only their hashes are kept.

    Args:
        port: In the cookie's name: a browser sends the cookies of a host to all its ports.
        start: The start token; drawn where it is not given.
    """

    def __init__(self, port: int, start: str | None = None) -> None:
        self.cookie = f"livecam_{port}"
        self.start = start or secrets.token_urlsafe(_BYTES)
        self._lock = Lock()
        self._grants: dict[str, frozenset[Grant]] = {_hash(self.start): ALL}

    def issue(self, grants: Collection[Grant]) -> str:
        """A new token with these grants."""
        token = secrets.token_urlsafe(_BYTES)
        with self._lock:
            while len(self._grants) >= _MOST_TOKENS:
                # The oldest but the start token, which is the first.
                del self._grants[list(self._grants)[1]]
            self._grants[_hash(token)] = frozenset(grants)
        return token

    def forget(self, token: str) -> None:
        """Make a token worthless; the start token stays."""
        if token != self.start:
            with self._lock:
                self._grants.pop(_hash(token), None)

    def grants(self, token: str | None) -> frozenset[Grant] | None:
        """What a token allows; None for one that was never issued."""
        if not token:
            return None
        with self._lock:
            return self._grants.get(_hash(token))

    def token_in(self, headers: Mapping[str, str]) -> tuple[str | None, bool]:
        """The token of a request, and whether it came as a cookie; `headers` by lower-case name."""
        given = headers.get("authorization", "")
        if given[: len(_BEARER)].lower() == _BEARER:
            return given[len(_BEARER) :].strip(), False
        jar: SimpleCookie = SimpleCookie()
        try:
            jar.load(headers.get("cookie", ""))
        except CookieError:
            return None, True
        return (jar[self.cookie].value if self.cookie in jar else None), True


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
