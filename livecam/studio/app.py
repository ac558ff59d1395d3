"""The API as one ASGI application."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Final

from fastapi import FastAPI
from starlette.types import ASGIApp

from livecam import __version__
from livecam.studio.context import Studio
from livecam.studio.guard import API, Guard
from livecam.studio.page import Page
from livecam.studio.problems import RESPONSES, answer_problems
from livecam.studio.routes import (
    camera,
    events,
    jobs,
    lan,
    live,
    login,
    machine,
    media,
    personas,
    preview,
    training,
    uploads,
    voices,
)

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

_ROUTERS: Final = (login, lan, machine, live, personas, voices, training, uploads, media, jobs, events)
SOCKETS: Final = (preview, camera)
"""WebSockets: the OpenAPI file does not name them, a test walks them all the same."""
# Newer versions of FastAPI trace requests for a collector that the environment names; older ones ignore this.
_NO_TELEMETRY: "Final[TelemetryConfig]" = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}


def application(studio: Studio, hosts: Collection[str], scheme: str = "http") -> ASGIApp:
    """Return the page and the API behind their guard.

    Args:
        studio: What the routes share.
        hosts: Names with port that a request may be for.
        scheme: "http" or "https".
    """
    return Guard(Page(routes(studio)), studio.access, hosts, scheme)


def routes(studio: Studio | None = None) -> FastAPI:
    """Return the routes alone; without a studio they only describe themselves."""
    app = FastAPI(
        title="livecam studio",
        version=__version__,
        description="Everything that the studio's page does. Send `Authorization: Bearer TOKEN`.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        separate_input_output_schemas=False,
        telemetry=_NO_TELEMETRY,
    )
    app.state.studio = studio
    for module in (*_ROUTERS, *SOCKETS):
        app.include_router(module.router, prefix=API)
    answer_problems(app)
    return app
