"""Read a TOML profile into values with their line."""

import difflib
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from livecam.config.paths import expanded
from livecam.config.setting_values import RENAMED, SETTINGS
from livecam.config.settings import GivenValue
from livecam.core.errors import UsageError, remedy
from livecam.core.files.errors import reason_of
from livecam.core.files.reading import parse_toml, read_at_most

_LARGEST_BYTES = 1_000_000
_PATHS = ("face", "identity-model", "json", "record", "data-folder")
_LINES = 'write lines such as: camera = "0"'
_EVERY_TIME = {"consent": "livecam run --face PHOTO asks; in scripts: --consent own|consented|synthetic"}


def read_profile(path: Path) -> dict[str, GivenValue]:
    """Return values by key.

    Relative paths are relative to the profile. A byte order mark at its start is ignored.

    Raises:
        UsageError: Unreadable, larger than a megabyte, not TOML, a value of the wrong type, an unknown key (the
            message
            has the nearest known one), or a key that is allowed on the command line only.
    """
    text = _read(path)
    given = {}
    for written, value in _parse(text, path).items():
        place = f"{path}:{_line_of(written, text)}"
        key = _known(written, place)
        if key in _EVERY_TIME:
            raise UsageError(f"{place}: {key} is said of one photo, not kept in a profile", **remedy(_EVERY_TIME[key]))
        SETTINGS[key].read(value, place)
        given[key] = GivenValue(str(path.parent / expanded(value)) if key in _PATHS else value, place)
    return given


def _read(path: Path) -> str:
    try:
        return read_at_most(path, _LARGEST_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"profile {path} is no text in UTF-8", advice="save it as UTF-8") from error
    except (OSError, ValueError) as error:
        message = f"profile {path} cannot be read: {reason_of(error)}"
        raise UsageError(message, command="livecam config show --help") from error


def _parse(text: str, path: Path) -> Mapping[str, Any]:
    try:
        return parse_toml(text)
    except ValueError as error:  # also a number of more digits than Python reads
        said = str(error).partition(";")[0]
        raise UsageError(f"profile {path} is not TOML: {said}", advice=_LINES) from error


def _line_of(written: str, text: str) -> int:
    pattern = re.compile(rf"""\s*(\[+\s*)?["']?{re.escape(written)}["']?\s*[=.\]]""")
    return next((number for number, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)


def _known(written: str, place: str) -> str:
    key = written.replace("_", "-")
    key = RENAMED.get(key, key)
    if key in SETTINGS:
        return key
    near = difflib.get_close_matches(key, SETTINGS, n=1, cutoff=0.5)
    meant = f"; did you mean {near[0]}?" if near else f"; known: {', '.join(SETTINGS)}"
    raise UsageError(f"{place}: unknown key {written}{meant}", command="livecam config show --help")
