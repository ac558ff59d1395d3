"""The files of the page, with the hash that makes each worth keeping for ever."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final

TYPES: Final = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
}
_LEVEL: Final = 6
"""Of gzip: 9 takes three times as long and saves 1 %."""


@dataclass(frozen=True)
class Asset:
    """A file of the page.

    Attributes:
        data: Its bytes.
        type: Its media type.
    """

    data: bytes
    type: str

    @cached_property
    def packed(self) -> bytes:
        """Return its bytes as gzip, made when it is first asked for."""
        return gzip.compress(self.data, _LEVEL, mtime=0)

    @cached_property
    def sha256(self) -> str:
        """Return the hash of its bytes."""
        return hashlib.sha256(self.data).hexdigest()


@cache
def assets() -> dict[str, Asset]:
    """Return all files of the page by their path."""
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
            found[prefix + item.name] = Asset(item.read_bytes(), kind)


@cache
def version() -> str:
    """Return the hash of all of them.

    The folder in the assets' addresses, so that each may be kept for ever.
    """
    whole = "".join(f"{path} {asset.sha256}\n" for path, asset in sorted(assets().items()))
    return hashlib.sha256(whole.encode()).hexdigest()[:16]
