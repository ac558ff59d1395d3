"""The page: assets of the package under names that carry their hash, and the start page that names them."""

import gzip
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

from fastapi import APIRouter, Request, Response

from livecam.studio.context import studio_of
from livecam.studio.problems import not_found

router = APIRouter(include_in_schema=False)
TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_WORTH_BYTES: Final = 500


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the page.

    Attributes:
        data: Its bytes.
        packed: The same, gzip.
        type: Its media type.
        sha256: Of its bytes.
    """

    data: bytes
    packed: bytes
    type: str
    sha256: str


@cache
def assets() -> dict[str, Asset]:
    """All files of the page by their path."""
    found: dict[str, Asset] = {}
    _collect(files("livecam.studio") / "static", "", found)
    return found


def _collect(folder: Traversable, prefix: str, found: dict[str, Asset]) -> None:
    for item in folder.iterdir():
        if item.is_dir():
            _collect(item, f"{prefix}{item.name}/", found)
            continue
        kind = TYPES.get("." + item.name.rpartition(".")[2])
        if kind is not None:
            data = item.read_bytes()
            found[prefix + item.name] = Asset(
                data, gzip.compress(data, 9, mtime=0), kind, hashlib.sha256(data).hexdigest()
            )


@cache
def version() -> str:
    """The hash of all of them: the folder in the assets' addresses, so that each may be kept for ever."""
    whole = "".join(f"{path} {asset.sha256}\n" for path, asset in sorted(assets().items()))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]


@router.get("/")
async def page(request: Request) -> Response:
    """The page; it names its assets by the present hash."""
    studio_of(request).warm_up()
    return _shell("index.html")


@router.get("/camera")
def camera_page() -> Response:
    """The page that makes its browser the camera."""
    return _shell("camera.html")


def _shell(name: str) -> Response:
    shell = assets()[name]
    data = re.sub(rb"/assets/", f"/assets/{version()}/".encode(), shell.data)
    return Response(data, media_type=shell.type, headers={"Cache-Control": "no-cache"})


@router.get("/assets/{digest}/{path:path}")
def asset(digest: str, path: str, request: Request) -> Response:
    """One file of the page."""
    found = assets().get(path)
    if found is None or digest != version():
        raise not_found("there is no such file", "load the page again")
    headers = {"Cache-Control": _FOREVER, "ETag": f'"{found.sha256}"', "Vary": "Accept-Encoding"}
    if len(found.data) > _WORTH_BYTES and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(found.packed, media_type=found.type, headers={**headers, "Content-Encoding": "gzip"})
    return Response(found.data, media_type=found.type, headers=headers)
