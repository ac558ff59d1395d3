"""One browser as camera: its newest picture goes to whoever asks on the socket; it is asked for one when they ask."""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path

from livecam.core.files.writing import private_folder

Ask = Callable[[], Awaitable[None]]


class CameraHub:
    """Between the page that is the camera and the session that reads it; use from one event loop.

    Args:
        path: The socket; its folder is this user's alone.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._page: Ask | None = None
        self._waiting: set[asyncio.Future[bytes]] = set()
        self._server: asyncio.Server | None = None

    @property
    def has_page(self) -> bool:
        """Whether a page sends its camera."""
        return self._page is not None

    async def open(self) -> None:
        """Listen; nothing where the system has no such sockets.

        Raises:
            OSError: The folder is another user's.
        """
        if not hasattr(asyncio, "start_unix_server"):
            return
        folder = private_folder(self._path.parent)
        state = folder.lstat()
        if folder.is_symlink() or state.st_uid != os.getuid() or state.st_mode & 0o077:
            raise OSError(f"{folder} is not this user's alone")
        self._path.unlink(missing_ok=True)
        self._server = await asyncio.start_unix_server(self._serve, str(self._path))

    async def close(self) -> None:
        """Stop listening. Idempotent."""
        if self._server is not None:
            self._server.close()
            self._server = None
            shutil.rmtree(self._path.parent, ignore_errors=True)

    async def enter(self, ask: Ask) -> bool:
        """Let a page be the camera; False where another is. `ask` asks it for a picture."""
        if self._page is not None:
            return False
        self._page = ask
        if self._waiting:
            await ask()
        return True

    def leave(self, ask: Ask) -> None:
        """The page is the camera no more."""
        if self._page == ask:
            self._page = None

    def take(self, picture: bytes) -> None:
        """A picture of the page, head and JPEG."""
        for future in self._waiting:
            if not future.done():
                future.set_result(picture)
        self._waiting.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One session: a picture for every byte that it sends."""
        future: asyncio.Future[bytes] | None = None
        try:
            while await reader.readexactly(1):
                future = asyncio.get_running_loop().create_future()
                self._waiting.add(future)
                if self._page is not None:
                    await self._page()
                writer.write(await future)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass  # the session has ended
        finally:
            if future is not None:
                self._waiting.discard(future)
            writer.close()
