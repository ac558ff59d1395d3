"""Recognise files that livecam wrote.

The next run may replace those and empty ones, and no others.
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from livecam.core.errors import UsageError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.lock import check_free
from livecam.core.files.writing import check_place
from livecam.core.label import Label
from livecam.core.png_text import add_png_texts

COMMENTS: Final[Mapping[Label, str]] = {
    Label.MODIFIED: "AI-modified picture: the face in it is altered by livecam",
    Label.GENERATED: "AI-generated picture: all of it is drawn by livecam",
}
"""Comment in the metadata of every video and picture; players show it."""
COMMENT: Final = COMMENTS[Label.MODIFIED]
SOUND_COMMENTS: Final[Mapping[Label, str]] = {
    Label.MODIFIED: "AI-modified sound: the voice in it is altered by livecam",
    Label.GENERATED: "AI-generated sound: typed text in a voice that is altered by livecam",
}
MADE_BY: Final = {"made_by": "livecam"}
"""Entry of every JSON file livecam writes, after its schema."""
GENERATOR: Final = '<meta name="generator" content="livecam">'
"""Comment in the head of every page."""
TOML_MARK: Final = "# made by livecam\n"
"""At the beginning of every file in which a line may begin with #: TOML, YAML, Python and others."""
LOG_LINE: Final = re.compile(
    rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} [A-Z]+ (livecam|engines|calibration|trainer)[.\w]*: "
)
"""How the log begins."""
_LOOKED_AT_BYTES: Final = 1 << 18
_NO_PICTURE_BYTES: Final = 128
"""Size below that of any video, of a run that was killed in its first second."""
_MATROSKA: Final = b"\x1a\x45\xdf\xa3"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_FLAC: Final = b"fLaC"
_MARKS: Final = b"altered by livecam", b"drawn by livecam"


def is_own(path: Path) -> bool:
    """Whether a file is empty, or has livecam's comment for files of its kind.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        head = file.read(_LOOKED_AT_BYTES)
        length = file.seek(0, 2)
        file.seek(max(length - _LOOKED_AT_BYTES, 0))
        ends = head + file.read(_LOOKED_AT_BYTES)
    if not head:
        return True
    if head[4:8] in (b"ftyp", b"moov", b"free", b"wide") or head.startswith((_MATROSKA, b"RIFF", b"RF64", _PNG, _FLAC)):
        return any(mark in ends for mark in _MARKS) or (head[4:8] == b"ftyp" and length < _NO_PICTURE_BYTES)
    if head.startswith(b"{"):
        return b'"made_by": "livecam"' in head
    if head.startswith(b"<!doctype html>"):
        return GENERATOR.encode() in head
    return head.startswith(TOML_MARK.encode()) or LOG_LINE.match(head) is not None


def check_replaceable(path: Path, option: str) -> None:
    """Refuse, before any work, to overwrite a file of others or write an invalid one.

    Args:
        path: What is going to be written.
        option: Which option or argument names it, for the hint.

    Raises:
        UsageError: There is a file that livecam did not write, or the name is invalid.
        OutputError: Another process writes it now, or the place takes no files.
    """
    with translate_write_errors(path):
        if path.is_file():
            check_free(path)
            if not is_own(path):
                raise UsageError(
                    f"{path} is there already, and livecam did not write it",
                    advice=f"give {option} another name, or move that file away",
                )


def check_output(path: Path, option: str) -> None:
    """Check as `check_replaceable` does, and that the place takes a file at all.

    Raises:
        UsageError, OutputError: As there.
    """
    check_replaceable(path, option)
    check_place(path)


def png_with_comment(png: bytes, comment: str = COMMENT) -> bytes:
    """Return a PNG with a comment in its metadata, after its header."""
    return add_png_texts(png, {"Comment": comment})
