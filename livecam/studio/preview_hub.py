"""Pictures of the running session to everybody who looks: fetched once, newest only, and only while somebody looks."""

import asyncio
import socket
from typing import Final

from livecam.studio.session.picture_head import HEAD

_ANSWER_S: Final = 5.0


class Viewer:
    """One who looks: gets a picture whenever the last was acknowledged."""

    def __init__(self) -> None:
        self._next: asyncio.Future[bytes] | None = None

    @property
    def waits(self) -> bool:
        """Whether a picture is wanted now."""
        return self._next is not None and not self._next.done()

    def give(self, picture: bytes) -> None:
        """Hand over a picture, where one is wanted."""
        if self._next is not None and not self._next.done():
            self._next.set_result(picture)

    async def next(self) -> bytes:
        """The next picture."""
        self._next = asyncio.get_running_loop().create_future()
        return await self._next


class PreviewHub:
    """The preview of whatever session runs; use from one event loop."""

    def __init__(self) -> None:
        self.last: bytes | None = None
        self._viewers: set[Viewer] = set()
        self._wanted = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def connect(self, line: socket.socket) -> None:
        """Take pictures from this session from now on."""
        self.close()
        self._task = asyncio.create_task(self._fetch(line))

    def close(self) -> None:
        """Let go of the session's preview; viewers stay and wait for the next one."""
        self.last = None
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def enter(self) -> Viewer:
        """Begin to look."""
        viewer = Viewer()
        self._viewers.add(viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Stop looking."""
        self._viewers.discard(viewer)

    async def next_for(self, viewer: Viewer) -> bytes:
        """The next picture, head and JPEG."""
        waiting = asyncio.ensure_future(viewer.next())
        await asyncio.sleep(0)
        self._wanted.set()
        return await waiting

    async def _fetch(self, line: socket.socket) -> None:
        line.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=line)
        try:
            while True:
                await self._wanted.wait()
                self._wanted.clear()
                if not any(viewer.waits for viewer in self._viewers):
                    continue
                writer.write(b"?")
                head = await reader.readexactly(HEAD.size)
                picture = head + await reader.readexactly(HEAD.unpack(head)[-1])
                self.last = picture
                for viewer in tuple(self._viewers):
                    viewer.give(picture)
        except (asyncio.IncompleteReadError, OSError):
            self.last = None
        finally:
            writer.close()


async def snapshot(hub: PreviewHub) -> bytes | None:
    """One picture, JPEG alone; None where none comes."""
    viewer = hub.enter()
    try:
        return (await asyncio.wait_for(hub.next_for(viewer), _ANSWER_S))[HEAD.size :]
    except TimeoutError:
        return None
    finally:
        hub.leave(viewer)
