"""Listen on this computer alone, say where, open the page, and end cleanly."""

import logging
import socket
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import uvicorn

from livecam.core.errors import DeviceError, OutputError
from livecam.core.files.lock import FileLock
from livecam.core.files.writing import private_folder
from livecam.core.priority import work_in_background
from livecam.studio.app import application, new_studio
from livecam.studio.patience import PatientProtocol

LOOPBACK: Final = (("127.0.0.1", socket.AF_INET), ("::1", socket.AF_INET6))
_AT_ONCE: Final = 200
_HEAD_BYTES: Final = 32 << 10
_MESSAGE_BYTES: Final = 4 << 20
_END_S: Final = 3


def serve(
    data_folder: Path, port: int, allowed: Sequence[str], ready: Callable[[str], None], token: str | None = None
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        data_folder: The user's.
        port: On 127.0.0.1 and ::1; 0 takes a free one.
        allowed: Further names that the Host header may have.
        ready: Is given the page's address with the token, once it answers.
        token: The start token; drawn where it is not given.

    Raises:
        OutputError: Another studio runs on this folder.
        DeviceError: The port is taken.
    """
    try:
        lock = FileLock(private_folder(data_folder / "studio") / "studio.lock")
    except OutputError as error:
        raise OutputError("another studio runs for this user", advice="use its page, or end it first") from error
    sockets = listening(port)
    port = sockets[0].getsockname()[1]
    studio = new_studio(data_folder, port, token)
    hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", *allowed)]
    config = uvicorn.Config(
        application(studio, hosts),
        http=PatientProtocol,
        ws="websockets-sansio",
        loop="asyncio",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,
        limit_concurrency=_AT_ONCE,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        ws_max_size=_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=_END_S,
    )
    logging.getLogger("uvicorn.error").addHandler(logging.NullHandler())
    logging.getLogger("uvicorn.error").propagate = False
    work_in_background()
    server = _Server(config, lambda: ready(f"http://127.0.0.1:{port}/#token={studio.access.start}"))
    try:
        server.run(sockets)
    finally:
        lock.close()


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        if self.started:
            self._ready()


def listening(port: int) -> list[socket.socket]:
    """Sockets on the loopback addresses that this machine has; IPv4 must be one.

    Raises:
        DeviceError: The port is taken.
    """
    opened: list[socket.socket] = []
    for address, family in LOOPBACK:
        try:
            listener = socket.socket(family, socket.SOCK_STREAM)
            if sys.platform != "win32":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((address, port if not opened else opened[0].getsockname()[1]))
            listener.listen(128)
        except OSError as error:
            if family is socket.AF_INET6 and opened:
                continue  # no IPv6 here
            raise DeviceError(
                f"port {port} cannot be used: {error.strerror}", command="livecam studio --port 0"
            ) from error
        opened.append(listener)
    return opened
