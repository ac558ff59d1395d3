"""Hashes of the results in a folder, as `sha256sum --check` reads them."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from livecam.core.errors import UsageError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.reading import read_at_most
from livecam.jobs.kinds import RESULT

SUMS: Final = "SHA256SUMS"
_LARGEST_BYTES: Final = 100_000_000
_LINE: Final = re.compile(rf"(\\?)([0-9a-f]{{64}})  (.*{RESULT}\.[a-z0-9]+)")
_ESCAPED: Final = {"\\\\": "\\", "\\n": "\n", "\\r": "\r"}


def read_sums(folder: Path) -> dict[str, str]:
    """Return the hashes by name; none where there is no such file.

    Raises:
        UsageError: The file is not one that livecam wrote.
        OutputError: It cannot be read.
    """
    path = folder / SUMS
    with translate_write_errors(path, "cannot be read"):
        if not os.path.lexists(path):
            return {}
        try:
            # Not `splitlines`: a name may hold one of the other characters that end a line.
            text = os.fsdecode(read_at_most(path, _LARGEST_BYTES)) if path.is_file() else "a folder or a pipe"
            found = [_LINE.fullmatch(line) for line in text.removesuffix("\n").split("\n") if text]
        except ValueError:
            found = [None]
    if None in found:
        raise UsageError(
            f"{path} is there already, and livecam did not write it",
            advice="give --out another folder, or move that file away",
        )
    return {_plain(match[3]) if match[1] else match[3]: match[2] for match in found if match is not None}


def format_sums(sums: Mapping[str, str]) -> bytes:
    """Return the file of hashes by name.

    A name with a line break or backslash is escaped as GNU coreutils does.
    """
    return b"".join(os.fsencode(_line(name, sums[name])) for name in sorted(sums))


def _line(name: str, sha: str) -> str:
    escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == name else chr(92)}{sha}  {escaped}\n"


def _plain(name: str) -> str:
    return re.sub(r"\\[\\nr]", lambda match: _ESCAPED[match[0]], name)
