"""What jobs and recordings wrote goes into the library.

The same result never twice.
"""

import asyncio
import base64
from contextlib import suppress
from pathlib import Path
from typing import Final

from livecam.core.errors import LivecamError
from livecam.core.files.reading import hash_plain
from livecam.jobs.job import Job, State
from livecam.studio.context import Studio
from livecam.studio.media import Media, new_id, result_id

_LOOK_S: Final = 0.5


async def keep_results(studio: Studio) -> None:
    """Look for jobs that are done, those of before the start included.

    Keep their files.
    """
    for job in studio.jobs.list(State.DONE, at_most=1000):
        await _keep(studio, job)
    seen = studio.jobs.last_event()
    while True:
        for event in studio.jobs.events(seen):
            seen = event.number
            if event.topic == "job" and event.data.get("state") == State.DONE:
                with suppress(LivecamError):  # removed since
                    await _keep(studio, studio.jobs.get(event.subject))
        await asyncio.sleep(_LOOK_S)


async def _keep(studio: Studio, job: Job) -> None:
    names = (job.result or {}).get("files")
    for name in names if isinstance(names, list) else ():
        file = studio.jobs.folder_of(job) / Path(str(name)).name
        media_id = result_id(job.id, str(name))
        if file.is_file() and not (studio.media.folder / media_id).exists():
            media = await asyncio.to_thread(studio.media.keep_result, file, Media(media_id, str(name), "job", job.id))
            await _describe(studio, media)


async def _describe(studio: Studio, media: Media) -> None:
    with suppress(LivecamError):  # figures of a bench are no media
        found = await studio.helper.ask("probe", path=str(studio.media.content(media)), name=media.label)
        studio.media.describe(media, found, base64.b64decode(found["thumb"]))
    studio.forget("media", media.id, "added")


def keep_recording(studio: Studio, file: Path) -> None:
    """Take a finished recording of a session in."""
    media = Media(new_id(), file.name, "recording", None, file.stat().st_size, hash_plain(file))
    kept = studio.media.keep(file, media)
    studio.forget("media", kept.id, "added")
    asyncio.get_running_loop().create_task(_describe(studio, kept))
