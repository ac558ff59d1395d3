"""Remove folders of this machine and secrets in addresses from a report."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Any, Final

_ADDRESS: Final = re.compile(r"\b([a-z][a-z0-9+.-]*://)(?:[^\s/@?#]*@)?([^\s?#]*)(?:[?#]\S*)?", re.IGNORECASE)
_ABSOLUTE: Final = re.compile(r"""(?<![\w./:\\-])/(?:[^\s/'":;,]+/)+""")
_KINDS: Final = re.compile(r"^(file|onnx|device):(?=.*[/\\])")


def redact_paths(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report without folders, users and queries.

    Every path becomes a file name. An address keeps neither user nor query. Folders that its settings and files name
    are removed from all its texts, whatever they contain.
    """
    named = [*_texts(item.get("settings")), *(str(file["path"]) for file in item.get("files", ()))]
    folders = sorted({folder for text in named for folder in _folders(text)} | _own(), key=len, reverse=True)
    return {key: _redact(value, folders) for key, value in item.items()}


def _redact(value: Any, folders: Sequence[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _redact(each, folders) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redact(each, folders) for each in value]
    if isinstance(value, PurePath):
        return value.name
    return _text(value, folders) if type(value) is str else value


def _text(text: str, folders: Sequence[str]) -> str:
    text = _ADDRESS.sub(r"\1\2", text)
    for folder in folders:
        text = text.replace(folder, "")
    return _ABSOLUTE.sub("", text)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, PurePath) or type(value) is str:
        yield str(value)


def _folders(text: str) -> Iterator[str]:
    """Yield the folder of a path, as written and in full, with the last separator."""
    place = _KINDS.sub("", text)
    if "://" in place or not ("/" in place or os.sep in place):
        return
    for each in (str(Path(place).parent), os.path.abspath(Path(place).parent)):
        if each not in (".", "..", os.sep):
            yield each.rstrip(os.sep) + os.sep


def _own() -> set[str]:
    """Return the user's folder, and the folder the program was started in."""
    found = [os.path.expanduser("~")]
    with suppress(OSError):
        found.append(os.getcwd())
    return {each.rstrip(os.sep) + os.sep for each in found if os.path.isabs(each) and each != os.sep}
