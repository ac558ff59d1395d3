"""The API while its libraries load: requests for it wait, the page does not."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from starlette.types import ASGIApp, Receive, Scope, Send

from livecam.studio.context import Studio


class LateApi:
    """The API; its libraries load while a browser already reads the page.

    Args:
        studio: What the routes share.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._loading: asyncio.Future[ASGIApp] | None = None

    def load(self) -> asyncio.Future[ASGIApp]:
        """Begin to load, in a thread; return what is loading."""
        if self._loading is None:
            loop, loader = asyncio.get_running_loop(), ThreadPoolExecutor(1)
            self._loading = loop.run_in_executor(loader, self._load)
            loader.shutdown(wait=False)
        return self._loading

    def _load(self) -> ASGIApp:
        from livecam.studio.app import routes

        return routes(self._studio)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as soon as it is loaded."""
        api = await asyncio.shield(self.load())
        await api(scope, receive, send)
