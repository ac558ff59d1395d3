"""What the routes share: one object per running studio."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final

from fastapi import Depends, Request, WebSocket

from livecam.core.errors import LivecamError
from livecam.jobs.store import SqliteJobStore
from livecam.studio.access import Access, Grant
from livecam.studio.authority import Certificate
from livecam.studio.camera_hub import CameraHub
from livecam.studio.helper.link import Helper
from livecam.studio.media import MediaStore
from livecam.studio.preview_hub import PreviewHub
from livecam.studio.problems import Problem
from livecam.studio.session.live import LiveSession
from livecam.studio.uploads import Uploads

_QUEUED: Final = 200


class Feed:
    """What changes, to everybody who listens.

    A slow listener loses what is overtaken, not what is kept.
    """

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[tuple[str, Mapping[str, Any]]]] = set()
        self.woken = asyncio.Event()

    def __len__(self) -> int:
        return len(self._listeners)

    def say(self, topic: str, data: Mapping[str, Any]) -> None:
        """Tell all listeners."""
        for queue in self._listeners:
            if queue.qsize() < _QUEUED:
                queue.put_nowait((topic, data))

    def enter(self) -> asyncio.Queue[tuple[str, Mapping[str, Any]]]:
        """Begin to listen."""
        queue: asyncio.Queue[tuple[str, Mapping[str, Any]]] = asyncio.Queue()
        self._listeners.add(queue)
        self.woken.set()
        return queue

    def leave(self, queue: asyncio.Queue[tuple[str, Mapping[str, Any]]]) -> None:
        """Stop listening."""
        self._listeners.discard(queue)


@dataclass(frozen=True, slots=True)
class Lan:
    """The studio on the local network.

    Its address, and the certificate that it shows.
    """

    address: str
    certificate: Certificate


@dataclass(slots=True)
class Studio:
    """Everything that a route may need.

    Attributes:
        data_folder: The user's.
        lan: Where the studio listens beyond this computer; None where it does not.
        camera_token: Allows to be the camera and nothing else; made when it is first shown.
        queue_trouble: Why this studio does not run the queue; empty where it does.
        ray: The cluster that runs the queue, as `livecam jobs run --ray` has it; None for this machine.
        cached: Lists that the helper gave, until something changes.
    """

    data_folder: Path
    access: Access
    helper: Helper
    jobs: SqliteJobStore
    media: MediaStore
    uploads: Uploads
    live: LiveSession
    preview: PreviewHub
    camera: CameraHub
    feed: Feed
    queue_trouble: str = ""
    lan: Lan | None = None
    camera_token: str = ""
    paused: bool = False
    ray: str | None = None
    cached: dict[str, Any] = field(default_factory=dict)
    warming: asyncio.Task[None] | None = None

    async def cached_answer(self, do: str, **words: Any) -> Any:
        """Return the helper's answer, asked once until `forget`."""
        key = f"{do} {sorted(words.items())}"
        if key not in self.cached:
            self.cached[key] = await self.helper.ask(do, **words)
        return self.cached[key]

    def warm_up(self) -> None:
        """Ask for what the page shows first, while the browser still reads its scripts."""

        async def ask() -> None:
            with suppress(LivecamError):  # the page asks again, and shows why
                await asyncio.gather(*(self.cached_answer(do) for do in ("personas", "voices")))

        self.warming = asyncio.create_task(ask())

    def camera_address(self) -> str:
        """Return the camera page on the network, with a token for that alone."""
        assert self.lan is not None
        if not self.camera_token:
            self.camera_token = self.access.issue((Grant.CAMERA,))
        return f"{self.lan.address}/camera#token={self.camera_token}"

    def forget(self, topic: str, name: str, what: str) -> None:
        """Note a change: lists are asked for again, and listeners hear of it."""
        self.cached.clear()
        self.jobs.say(topic, name, {"change": what})
        self.feed.woken.set()


def studio_of(request: Request) -> Studio:
    """Return the studio that a request came to."""
    studio: Studio = request.app.state.studio
    return studio


def needs(grant: Grant) -> Callable[[Request], None]:
    """Return a dependency that refuses who has not this grant."""

    def check(request: Request) -> None:
        refuse_without(grant, request.scope["state"]["grants"])

    return check


Here = Annotated[Studio, Depends(studio_of)]
"""The parameter of a route that is the studio."""
VIEW: Final = [Depends(needs(Grant.VIEW))]
OPERATE: Final = [Depends(needs(Grant.OPERATE))]
PERSONAS: Final = [Depends(needs(Grant.PERSONAS))]
"""What a route or a router asks of the token."""


def refuse_without(grant: Grant, grants: frozenset[Grant]) -> None:
    """Refuse who has not this grant.

    Raises:
        Problem: It is missing.
    """
    if grant not in grants:
        raise Problem(403, "grant-missing", f"this token does not allow to {grant}", "use another token")


def socket_studio(socket: WebSocket, grant: Grant) -> Studio | None:
    """Return the studio that a WebSocket came to; None where the grant is missing."""
    studio: Studio = socket.app.state.studio
    return studio if grant in socket.scope["state"]["grants"] else None
