"""The page: a shell that names its assets by their hash, and the assets.

It is served without the API's libraries, so that a browser reads it while those load.
"""

import re
from functools import cache
from typing import Final

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from livecam.studio.assets import assets, version
from livecam.studio.problem import not_found

_SHELLS: Final = {"/": "index.html", "/camera": "camera.html"}
_PREFIX: Final = "/assets/"
_FOREVER: Final = "public, max-age=31536000, immutable"
_WORTH_BYTES: Final = 500
_LATER: Final = ("js/i18n/", "js/camera-page.js", "js/later/")
"""Scripts that the page does not need to begin with."""


class Page:
    """Answers for the page and its assets; everything else is the API's.

    Args:
        api: Answers the rest.
    """

    def __init__(self, api: ASGIApp) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        answer = _answer(scope) if scope["type"] == "http" and scope["method"] in ("GET", "HEAD") else None
        await (answer or self._api)(scope, receive, send)


def _answer(scope: Scope) -> Response | None:
    path: str = scope["path"]
    if path in _SHELLS:
        return Response(
            _shell(_SHELLS[path]), media_type=assets()[_SHELLS[path]].type, headers={"Cache-Control": "no-cache"}
        )
    if not path.startswith(_PREFIX):
        return None
    digest, _, name = path.removeprefix(_PREFIX).partition("/")
    found = assets().get(name)
    if found is None or digest != version():
        return not_found("there is no such file", "load the page again").response()
    headers = {"Cache-Control": _FOREVER, "ETag": f'"{found.sha256}"', "Vary": "Accept-Encoding"}
    if len(found.data) > _WORTH_BYTES and "gzip" in Headers(scope=scope).get("accept-encoding", ""):
        return Response(found.packed, media_type=found.type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.data, media_type=found.type, headers=headers)


@cache
def _shell(name: str) -> bytes:
    """Return a start page.

    The one of the studio asks for all its scripts at once, not one after the other.
    """
    place = f"{_PREFIX}{version()}/"
    data = re.sub(_PREFIX.encode(), place.encode(), assets()[name].data)
    if name != _SHELLS["/"]:
        return data
    scripts = sorted(path for path in assets() if path.endswith(".js") and not path.startswith(_LATER))
    links = "".join(f'<link rel="modulepreload" href="{place}{path}">\n' for path in scripts)
    return data.replace(b"</head>", links.encode() + b"</head>")
