"""Every failure of a route as problem+json, as the OpenAPI file describes it."""

import secrets
import sys
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.studio.problem import MEDIA_TYPE, Problem, problem_of


class ProblemBody(BaseModel):
    """What every failure answers."""

    type: str = Field(description="A short name that does not change.")
    title: str
    status: int
    detail: str = Field(description="What failed and why: the first line that the command line prints.")
    do_next: str = Field(description="The next command or step: the second line.")
    exit_code: int = Field(description="What the command would end with.")


def answer_problems(app: FastAPI) -> None:
    """Let every failure of a route be answered so."""

    async def known(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return error.response()

    async def ours(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, LivecamError)
        return problem_of(error).response()

    async def files(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, OSError)
        return problem_of(system_error(error)).response()

    async def wrong(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return Problem(422, "wrong-value", _wrong(error.errors()), "see /api/v1/openapi.json").response()

    async def http(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        kinds = {404: "not-found", 405: "method-not-allowed"}
        kind = kinds.get(error.status_code, "http")
        headers = error.headers or {}
        return Problem(
            error.status_code, kind, f"{error.detail}".lower(), "see /api/v1/openapi.json", 2, headers
        ).response()

    async def defect(request: Request, error: Exception) -> JSONResponse:
        number = secrets.token_hex(4)
        # The class alone: a message may hold a name.
        print(f"livecam studio: defect {number}: {type(error).__name__}", file=sys.stderr)  # noqa: T201
        detail = f"unexpected {type(error).__name__}, noted as {number}"
        return Problem(500, "defect", detail, "livecam --debug studio", 1).response()

    app.add_exception_handler(Problem, known)
    app.add_exception_handler(LivecamError, ours)
    app.add_exception_handler(OSError, files)
    app.add_exception_handler(RequestValidationError, wrong)
    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(Exception, defect)


def _wrong(errors: Any) -> str:
    first = errors[0] if errors else {"loc": (), "msg": "wrong value"}
    place = ".".join(str(part) for part in first["loc"] if part != "body")
    return f"{place}: {first['msg']}" if place else str(first["msg"])


RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    status: {"model": ProblemBody, "description": words, "content": {MEDIA_TYPE: {}}}
    for status, words in {
        401: "No token, or an unknown one.",
        403: "A grant is missing, a foreign origin, or no consent.",
        404: "There is nothing of that name.",
        409: "It does not go with the present state.",
        413: "Too large.",
        421: "A host that is not allowed.",
        422: "A wrong value.",
        429: "Too much at once.",
        503: "A device or an engine does not do its part.",
    }.items()
}
"""What every route may answer besides."""
