"""A studio put together from its stores, processes and queue.

And what runs next to the API.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from livecam.config.paths import camera_socket
from livecam.core.errors import LivecamError
from livecam.jobs.places import jobs_folder
from livecam.jobs.store import SqliteJobStore
from livecam.studio.access import Access
from livecam.studio.camera_hub import CameraHub
from livecam.studio.context import Feed, Studio
from livecam.studio.helper.link import Helper
from livecam.studio.media import MediaStore
from livecam.studio.preview_hub import PreviewHub
from livecam.studio.results import keep_recording, keep_results
from livecam.studio.session.live import LiveSession
from livecam.studio.uploads import Uploads
from livecam.studio.work_queue import WorkQueue


@asynccontextmanager
async def running(studio: Studio) -> AsyncIterator[None]:
    """Run the queue next to the routes; at the end, end the session cleanly."""
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


def new_studio(data_folder: Path, access: Access) -> Studio:
    """Return everything that the routes share, for this user.

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
        access=access,
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
