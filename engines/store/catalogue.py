"""The models that can be pulled.

Livecam's own list, and a list of the user's with the same words.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import urlsplit

from livecam.config.paths import data_folder
from livecam.core.errors import EngineError, remedy
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_toml, read_at_most

Purpose = Literal["swap", "embed", "enhance"]
LARGEST_BYTES = 2**31
_LARGEST_LIST_BYTES = 1_000_000
_NEEDED = ("about", "purpose", "url", "file", "licence", "terms")
_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_MORE = ("bytes", "sha256", "commercial", "shapes", "family", "needs")


@dataclass(frozen=True, slots=True)
class Entry:
    """One published model.

    Attributes:
        name: What `livecam models pull` calls it.
        about: For whom it is, in a few words.
        purpose: What it does.
        url, file: Where it is fetched from and what it is called here.
        licence, terms: In short, and where it can be read.
        commercial: Whether nothing forbids to earn money with it.
        bytes: Its size; 0 when it is not stated.
        sha256: Of the file; "" when it is not stated: then the first pull pins it.
        shapes: Inputs by name.
        family: As the model's sidecar states it; "" where the graph tells.
        needs: Other entries it does not work without.
        replaces: Whether it stands in the user's list in place of one that livecam ships.
    """

    name: str
    about: str
    purpose: Purpose
    url: str
    file: str
    licence: str
    terms: str
    commercial: bool = False
    bytes: int = 0
    sha256: str = ""
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    family: str = ""
    needs: tuple[str, ...] = ()
    replaces: bool = False

    def __post_init__(self) -> None:
        texts = ("name", "about", "purpose", "url", "file", "licence", "terms", "sha256", "family")
        if wrong := [each for each in texts if not isinstance(getattr(self, each), str)]:
            raise ValueError(f"{wrong[0]} must be a text")
        if not isinstance(self.commercial, bool) or type(self.bytes) is not int:
            raise ValueError("commercial must be true or false, and bytes a whole number")
        if not all(isinstance(each, str) for each in (*self.needs, *self.shapes)):
            raise ValueError("needs and shapes must hold names")
        if not all(type(side) is int for shape in self.shapes.values() for side in shape):
            raise ValueError("a shape must hold whole numbers")
        if self.purpose not in get_args(Purpose):
            raise ValueError(f"purpose must be one of {', '.join(get_args(Purpose))}, got '{self.purpose}'")
        if Path(self.file).name != self.file or Path(self.file).suffix != ".onnx":
            raise ValueError(f"file must be a plain name that ends with .onnx, got '{self.file}'")
        if not is_safe(self.url):
            raise ValueError(f"url must begin with https://, got '{self.url}'")
        if self.sha256 and (len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef")):
            raise ValueError("sha256 must be 64 digits 0-9a-f")
        if not 0 <= self.bytes <= LARGEST_BYTES:
            raise ValueError(f"bytes must be at most {LARGEST_BYTES}, got {self.bytes}")


def is_safe(url: str) -> bool:
    """Whether an address is safe from changes on the way: https, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _THIS_MACHINE)


def models_folder() -> Path:
    """Return the folder of pulled models and of the user's list `models.toml`."""
    return data_folder() / "models"


def read_catalogue(own: Path | None = None) -> dict[str, Entry]:
    """Return all entries by name; those of the user's own list come last and win.

    Args:
        own: The user's list; none where it does not exist. By default `models.toml` in the folder of models.

    Raises:
        EngineError: The user's list cannot be read.
    """
    shipped = _entries((files("engines") / "models.toml").read_text(encoding="utf-8"), "engines/models.toml")
    own = own or models_folder() / "models.toml"
    if not os.path.lexists(own):
        return shipped
    try:
        text = read_at_most(own, _LARGEST_LIST_BYTES).decode("utf-8-sig")
    except (OSError, ValueError) as error:
        raise EngineError(f"{own} cannot be read: {reason_of(error)}", advice="delete it, or write it again") from error
    theirs = _entries(text, str(own))
    known = shipped | {name: replace(entry, replaces=name in shipped) for name, entry in theirs.items()}
    for entry in known.values():
        if unknown := set(entry.needs) - known.keys():
            raise EngineError(f"{own}: [{entry.name}] needs an unknown {unknown.pop()}", command="livecam models list")
    return known


def find_entry(name: str) -> Entry:
    """Return one entry.

    Raises:
        EngineError: There is none of that name.
    """
    known = read_catalogue()
    if name not in known:
        raise EngineError(f"there is no model named '{name}'", command="livecam models list")
    return known[name]


def _entries(text: str, place: str) -> dict[str, Entry]:
    hint = "docs/engines.md has the words an entry is made of"
    try:
        tables = parse_toml(text)
        entries = {name: _entry(name, words) for name, words in tables.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise EngineError(f"{place}: {error}", **remedy(hint)) from error
    return entries


def _entry(name: str, words: Mapping[str, Any]) -> Entry:
    missing = [key for key in _NEEDED if key not in words]
    unknown = sorted(set(words) - {*_NEEDED, *_MORE})
    if missing or unknown:
        what = f"lacks {', '.join(missing)}" if missing else f"has unknown words: {', '.join(unknown)}"
        raise ValueError(f"[{name}] {what}")
    shapes = {key: tuple(shape) for key, shape in words.get("shapes", {}).items()}
    try:
        return Entry(name, **{**words, "shapes": shapes, "needs": tuple(words.get("needs", ()))})
    except ValueError as error:
        raise ValueError(f"[{name}] {error}") from error


def find_in_folders(path: Path, folder: Path) -> Path:
    """Return the path of a model: here, else in the folder of pulled models."""
    pulled = folder / path
    return pulled if path.name == str(path) and not path.exists() and pulled.is_file() else path
