"""A failure of the API as problem+json (RFC 9457), without a library of routes.

With the two lines the command line prints and its exit code.
"""

from collections.abc import Mapping
from typing import Final

from starlette.responses import JSONResponse

from livecam.core.errors import ConsentError, DeviceError, EngineError, LivecamError, PersonaError, UsageError

MEDIA_TYPE: Final = "application/problem+json"


class Problem(Exception):
    """A failure of the API itself."""

    def __init__(
        self, status: int, kind: str, detail: str, do_next: str, exit_code: int = 2, headers: Mapping[str, str] = {}
    ) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail, self.do_next = status, kind, detail, do_next
        self.exit_code, self.headers = exit_code, headers

    def response(self) -> JSONResponse:
        """Return the answer."""
        body = {
            "type": self.kind,
            "title": self.kind.replace("-", " "),
            "status": self.status,
            "detail": self.detail,
            "do_next": self.do_next,
            "exit_code": self.exit_code,
        }
        return JSONResponse(body, self.status, dict(self.headers), MEDIA_TYPE)


_BY_KIND: Final[tuple[tuple[type[LivecamError], int, str], ...]] = (
    (ConsentError, 403, "consent-required"),
    (PersonaError, 422, "persona"),
    (UsageError, 422, "wrong-value"),
    (DeviceError, 503, "device"),
    (EngineError, 503, "engine"),
)


def problem_of(error: LivecamError) -> Problem:
    """Return a failure of livecam as a problem."""
    for kind, status, name in _BY_KIND:
        if isinstance(error, kind):
            return Problem(status, name, str(error), error.help_text, error.exit_code)
    return Problem(500, "defect", str(error), error.help_text, error.exit_code)


def not_found(what: str, do_next: str = "look at the list again") -> Problem:
    """Return something that is not there."""
    return Problem(404, "not-found", what, do_next)


def conflict(what: str, do_next: str) -> Problem:
    """Return something that does not go with the present state."""
    return Problem(409, "conflict", what, do_next)
