"""What changes, as server-sent events.

Numbered ones are kept and can be asked for again, figures are not.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import StreamingResponse

from livecam.jobs.job import State
from livecam.studio.context import Studio
from livecam.studio.needs import VIEW, Here
from livecam.studio.problem import Problem

router = APIRouter(tags=["events"])
_LOOK_S: Final = 0.25
_ALIVE_EVERY: Final = 60
_MOST: Final = 20


@router.get(
    "/events",
    response_class=StreamingResponse,
    dependencies=VIEW,
    responses={200: {"content": {"text/event-stream": {}}}},
)
async def events(
    here: Here,
    request: Request,
    last_event_id: Annotated[str | None, Header(pattern="^[0-9]{1,18}$")] = None,
    after: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    limit: Annotated[int | None, Query(ge=0, le=1000, description="End after so many.")] = None,
) -> StreamingResponse:
    """Return jobs, sessions, personas, voices and media that change.

    Progress and figures up to four times a second.
    """
    begin = int(last_event_id) if last_event_id is not None else after
    seen = here.jobs.last_event() if begin is None else begin
    if len(here.feed) >= _MOST:
        raise Problem(429, "busy", "too many listeners", "close another tab", headers={"Retry-After": "5"})
    return StreamingResponse(_stream(here, request, seen, limit), media_type="text/event-stream")


async def _stream(here: Studio, request: Request, seen: int, limit: int | None) -> AsyncIterator[str]:
    queue, said, quiet, shown_so_far = here.feed.enter(), 0, 0, dict[str, Any]()
    try:
        yield "retry: 1000\n\n"
        while limit is None or said < limit:
            lines = []
            for event in here.jobs.events(seen):
                seen = event.number
                data = {"subject": event.subject, **event.data, "at": event.at}
                lines.append(f"id: {seen}\n" + _event(event.topic, data))
            lines += _progress(here, shown_so_far)
            while not queue.empty():
                lines.append(_event(*queue.get_nowait()))
            quiet = 0 if lines else quiet + 1
            if quiet >= _ALIVE_EVERY:
                lines, quiet = [": alive\n\n"], 0
            for line in lines if limit is None else lines[: limit - said]:
                said += 1
                yield line
            if await request.is_disconnected():
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(here.feed.woken.wait(), _LOOK_S)
            here.feed.woken.clear()
    finally:
        here.feed.leave(queue)


def _progress(here: Studio, shown_so_far: dict[str, Any]) -> list[str]:
    """Return how far the running jobs are, where that is news."""
    lines = []
    for job in here.jobs.list(State.RUNNING, at_most=10):
        if shown_so_far.get(job.id) != job.progress:
            shown_so_far[job.id] = job.progress
            lines.append(_event("progress", {"subject": job.id, "progress": asdict(job.progress)}))
    return lines


def _event(topic: str, data: Mapping[str, Any]) -> str:
    return f"event: {topic}\ndata: {json.dumps(data, default=str)}\n\n"
