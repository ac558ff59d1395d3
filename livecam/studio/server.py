"""Listen on this computer alone, say where, open the page, and end cleanly."""

import asyncio
import logging
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.types import ASGIApp

from livecam.core.errors import DeviceError, OutputError
from livecam.core.files.lock import FileLock
from livecam.core.files.writing import private_folder
from livecam.core.priority import lower_priority
from livecam.studio.access import Access
from livecam.studio.assembly import new_studio, running
from livecam.studio.context import Lan, Studio
from livecam.studio.guard import Guard
from livecam.studio.late_api import LateApi
from livecam.studio.page import Page
from livecam.studio.patience import PatientProtocol

_WAITING: Final = 128
_LAST_PORT: Final = 65535
_LOOK_S: Final = 0.02
_AT_ONCE: Final = 200
_HEAD_BYTES: Final = 32 << 10
_MESSAGE_BYTES: Final = 4 << 20
_END_S: Final = 3
_LOW_THREADS: Final = 8


def serve(
    data_folder: Path,
    port: int,
    allowed: Sequence[str],
    ready: Callable[[str, str], None],
    token: str | None = None,
    on_lan: bool = False,
    ray: str | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM.

    Args:
        data_folder: The user's.
        port: On 127.0.0.1 and ::1; 0 takes a free one.
        allowed: Further names that the Host header may have.
        ready: Is given the page's address with the token, once it answers, and the phone's; empty without `on_lan`.
        token: The start token; drawn where it is not given.
        on_lan: Listen on this computer's address in the local network too, by HTTPS.
        ray: The cluster that runs the queue: "auto", or HOST:PORT; None for this machine.

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
    studio = new_studio(data_folder, Access(port, token))
    studio.ray = ray
    hosts = [f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]", *allowed)]
    api = LateApi(studio)
    quiet = logging.getLogger("uvicorn.error")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    servers: list[uvicorn.Server] = [_Server(_config(Guard(Page(api), studio.access, hosts)))]
    if on_lan:
        servers.append(_lan_server(studio, api, data_folder, port))
        sockets.append(_lan_socket(studio))
    phone = studio.camera_address() if studio.lan is not None else ""

    def say() -> None:
        ready(f"http://127.0.0.1:{port}/#token={studio.access.start}", phone)

    try:
        asyncio.run(_run(studio, api, servers, sockets, say))
    finally:
        lock.close()


class _Server(uvicorn.Server):
    """A server that leaves the signals to the studio, which has two of them."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take none."""
        yield


async def _run(
    studio: Studio,
    api: LateApi,
    servers: Sequence[uvicorn.Server],
    sockets: Sequence[socket.socket],
    ready: Callable[[], None],
) -> None:
    """Serve until a signal; the network's server ends with the first.

    Raises:
        ImportError: A library of the API is missing.
    """
    first = servers[0]

    def end(*_: object) -> None:
        first.should_exit = True

    def end_without_api(loaded: asyncio.Future[ASGIApp]) -> None:
        if loaded.cancelled() or loaded.exception() is not None:
            end()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, end)
    # Files are hashed and jobs started at low priority; this thread keeps its own, since the session inherits it.
    low = ThreadPoolExecutor(_LOW_THREADS, initializer=lower_priority)
    asyncio.get_running_loop().set_default_executor(low)
    studio.warm_up()
    loading = api.load()
    loading.add_done_callback(end_without_api)
    async with running(studio):
        await _serve(servers, sockets, ready)
        await loading


async def _serve(
    servers: Sequence[uvicorn.Server], sockets: Sequence[socket.socket], ready: Callable[[], None]
) -> None:
    first, others = servers[0], servers[1:]
    own = sockets[: len(sockets) - len(others)]
    serving = [asyncio.create_task(each.serve([at])) for each, at in zip(others, sockets[len(own) :], strict=True)]
    saying = asyncio.create_task(_say_when_started(servers, ready))
    await first.serve(list(own))
    saying.cancel()
    for each in others:
        each.should_exit = True
    await asyncio.gather(*serving)


async def _say_when_started(servers: Sequence[uvicorn.Server], ready: Callable[[], None]) -> None:
    while not all(server.started for server in servers):
        await asyncio.sleep(_LOOK_S)
    ready()


def _config(app: ASGIApp, **more: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="websockets-sansio",
        loop="asyncio",
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
        lifespan="off",
        **more,
    )


def _lan_server(studio: Studio, api: LateApi, data_folder: Path, port: int) -> uvicorn.Server:
    """Return the same studio by HTTPS.

    With a certificate for this computer's address alone.

    Raises:
        DeviceError: This computer is in no network.
    """
    from livecam.studio.authority import addresses, certificate

    found = addresses()
    if not found:
        raise DeviceError("this computer has no address in a network", advice="connect it, or leave --lan out")
    made = certificate(data_folder / "studio" / "tls", found[:1])
    number = port + 1 if port < _LAST_PORT else port - 1
    studio.lan = Lan(f"https://{found[0]}:{number}", made)
    guarded = Guard(Page(api), studio.access, [f"{found[0]}:{number}"], "https")
    return _Server(_config(guarded, ssl_certfile=made.chain, ssl_keyfile=made.key))


def _lan_socket(studio: Studio) -> socket.socket:
    assert studio.lan is not None
    host, _, number = studio.lan.address.removeprefix("https://").partition(":")
    return bound(host, socket.AF_INET, int(number))


def listening(port: int) -> list[socket.socket]:
    """Return sockets on the loopback addresses that this machine has.

    IPv4 must be one.

    Raises:
        DeviceError: The port is taken.
    """
    opened = [bound("127.0.0.1", socket.AF_INET, port)]
    with suppress(DeviceError):  # no IPv6 here
        opened.append(bound("::1", socket.AF_INET6, opened[0].getsockname()[1]))
    return opened


def bound(host: str, family: socket.AddressFamily, port: int) -> socket.socket:
    """Return a socket that listens on one address.

    Raises:
        DeviceError: It cannot.
    """
    try:
        listener = socket.socket(family, socket.SOCK_STREAM)
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(_WAITING)
    except OSError as error:
        raise DeviceError(f"port {port} cannot be used: {error.strerror}", command="livecam studio --port 0") from error
    return listener
