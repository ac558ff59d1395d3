"""The server as one ASGI application: routes behind the guard, and what runs beside them."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI
from starlette.types import ASGIApp

from livecam import __version__
from livecam.config.paths import camera_socket
from livecam.core.errors import LivecamError
from livecam.jobs.places import jobs_folder
from livecam.jobs.store import SqliteJobStore
from livecam.studio.access import Access
from livecam.studio.camera_hub import CameraHub
from livecam.studio.context import Feed, Studio
from livecam.studio.guard import API, Guard
from livecam.studio.helper.link import Helper
from livecam.studio.media import MediaStore
from livecam.studio.preview_hub import PreviewHub
from livecam.studio.problems import RESPONSES, answer_problems
from livecam.studio.results import keep_recording, keep_results
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
    static,
    uploads,
    voices,
)
from livecam.studio.session.live import LiveSession
from livecam.studio.uploads import Uploads
from livecam.studio.work_queue import WorkQueue

_ROUTERS: Final = (login, lan, machine, live, personas, voices, uploads, media, jobs, events)
SOCKETS: Final = (preview, camera)
"""WebSockets: the OpenAPI file does not name them, a test walks them all the same."""


def application(studio: Studio, hosts: Collection[str], scheme: str = "http") -> ASGIApp:
    """The studio behind its guard.

    Args:
        studio: What the routes share.
        hosts: Names with port that a request may be for.
        scheme: "http" or "https".
    """
    return Guard(routes(studio), studio.access, hosts, scheme)


def routes(studio: Studio | None = None) -> FastAPI:
    """The routes alone; without a studio they only describe themselves."""
    app = FastAPI(
        title="livecam studio",
        version=__version__,
        description="Everything that the studio's page does. Send `Authorization: Bearer TOKEN`.",
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        responses=RESPONSES,
        lifespan=None if studio is None else _lifespan,
        separate_input_output_schemas=False,
    )
    app.state.studio = studio
    for module in (*_ROUTERS, *SOCKETS):
        app.include_router(module.router, prefix=API)
    app.include_router(static.router)
    answer_problems(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Run the queue beside the routes; at the end, end the session cleanly."""
    studio: Studio = app.state.studio
    queue = WorkQueue(studio)
    with suppress(OSError):  # a browser cannot be the camera then, and the session says so
        await studio.camera.open()
    working = asyncio.create_task(asyncio.to_thread(queue.run))
    keeping = asyncio.create_task(keep_results(studio))
    try:
        yield
    finally:
        queue.stop()
        keeping.cancel()
        await studio.live.stop()
        studio.preview.close()
        await studio.camera.close()
        await studio.helper.close()
        await working
        with suppress(asyncio.CancelledError):
            await keeping
        studio.jobs.close()


def new_studio(data_folder: Path, port: int, token: str | None = None) -> Studio:
    """Everything that the routes share, for this user.

    Raises:
        LivecamError: The folder cannot be used.
    """
    place, feed, preview_hub = data_folder / "studio", Feed(), PreviewHub()
    store = SqliteJobStore(jobs_folder(data_folder))
    recordings = place / "recordings"

    def changed(topic: str, data: Mapping[str, Any]) -> None:
        if topic == "session":
            store.say("session", "live", data)
        elif topic == "recorded":
            with suppress(LivecamError, OSError):
                keep_recording(studio, recordings / str(data["file"]))
        feed.say(topic, data)
        feed.woken.set()

    studio = Studio(
        data_folder=data_folder,
        access=Access(port, token),
        helper=Helper(str(data_folder)),
        jobs=store,
        media=MediaStore(place / "media"),
        uploads=Uploads(place / "uploads"),
        live=LiveSession(data_folder, recordings, changed, preview_hub.connect),
        preview=preview_hub,
        camera=CameraHub(camera_socket(data_folder)),
        feed=feed,
    )
    return studio
