"""What the routes share: one object per running studio."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from livecam.core.errors import LivecamError
from livecam.jobs.store import SqliteJobStore
from livecam.studio.access import Access, Grant
from livecam.studio.camera_hub import CameraHub
from livecam.studio.helper.link import Helper
from livecam.studio.media import MediaStore
from livecam.studio.preview_hub import PreviewHub
from livecam.studio.session.live import LiveSession
from livecam.studio.uploads import Uploads

if TYPE_CHECKING:
    from livecam.studio.authority import Certificate

_QUEUED: Final = 200
_FIRST: Final = ("personas", "voices")


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
    certificate: "Certificate"


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
    cached: dict[str, asyncio.Future[Any]] = field(default_factory=dict)
    _warming: set[asyncio.Future[None]] = field(default_factory=set)

    async def cached_answer(self, do: str, **words: Any) -> Any:
        """Return the helper's answer, asked once until `forget`.

        A failure is not kept.
        """
        key = f"{do} {sorted(words.items())}"
        if key not in self.cached:
            self.cached[key] = asyncio.ensure_future(self.helper.ask(do, **words))
        answer = self.cached[key]
        try:
            return await asyncio.shield(answer)
        finally:
            if answer.done() and (answer.cancelled() or answer.exception() is not None):
                self.cached.pop(key, None)

    def warm_up(self) -> None:
        """Ask for what the page shows first, while the browser still reads its scripts."""
        for do in _FIRST:
            self._warming.add(task := asyncio.ensure_future(self._warm(do)))
            task.add_done_callback(self._warming.discard)

    async def _warm(self, do: str) -> None:
        with suppress(LivecamError):  # the page asks again, and shows why
            await self.cached_answer(do)

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
