"""Uploaded files and results: one folder each, with a name of the server's own.

The client's name is a label only.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from livecam.core.clock import utc_now
from livecam.core.files.reading import hash_plain, parse_json
from livecam.core.files.writing import private_folder, replace_file
from livecam.studio.problem import not_found

ID: Final = re.compile(r"[0-9a-f]{16}")
CONTENT: Final = "content"
_FACTS: Final = "facts.json"
_THUMB: Final = "thumb.jpg"
_LABEL_CHARACTERS: Final = 120


@dataclass(frozen=True, slots=True)
class Media:
    """One file.

    Attributes:
        id: 16 hexadecimal digits, the server's name for it.
        label: What the user calls it; never part of a path.
        origin: "upload", "job" or "recording".
        job: The job that made it.
        bytes: How long it is.
        sha256: Of its content; the ETag.
        kind: "still", "video", "sound" or "data".
        width, height, rate_hz, length_s, has_sound: As the probe found them.
        created_at: ISO 8601, UTC.
    """

    id: str
    label: str
    origin: str
    job: str | None = None
    bytes: int = 0
    sha256: str = ""
    kind: str = "data"
    width: int = 0
    height: int = 0
    rate_hz: float = 0.0
    length_s: float = 0.0
    has_sound: bool = False
    created_at: str = ""


class MediaStore:
    """The media of one user.

    Args:
        folder: Made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = private_folder(folder)

    def list(self) -> list[Media]:
        """Return all, newest first."""
        found = (self._read(path) for path in self.folder.iterdir() if ID.fullmatch(path.name))
        return sorted((each for each in found if each), key=lambda each: (each.created_at, each.id), reverse=True)

    def get(self, media_id: str) -> Media:
        """Return the one of that ID.

        Raises:
            Problem: There is none.
        """
        media = self._read(self.folder / media_id) if ID.fullmatch(media_id) else None
        if media is None:
            raise not_found(f"there is no media {media_id[:40]}", "GET /api/v1/media")
        return media

    def content(self, media: Media) -> Path:
        """Return its file."""
        return self.folder / media.id / CONTENT

    def named(self, media: Media) -> Path:
        """Return its file under a name with the ending that its label has.

        For what goes by endings.
        """
        ending = Path(media.label).suffix.lower()
        ending = ending if re.fullmatch(r"\.[a-z0-9]{1,5}", ending) else ""
        link = self.folder / media.id / f"{_stem(media.label)}{ending}"
        if not link.exists():
            os.link(self.content(media), link)
        return link

    def thumb(self, media: Media) -> Path | None:
        """Return a small picture of it; None where there is none."""
        path = self.folder / media.id / _THUMB
        return path if path.is_file() else None

    def keep(self, file: Path, media: Media, thumb: bytes = b"") -> Media:
        """Take a finished file in, by moving it."""
        place = private_folder(self.folder / media.id)
        os.replace(file, place / CONTENT)
        if thumb:
            replace_file(place / _THUMB, thumb)
        kept = replace(media, created_at=media.created_at or utc_now().isoformat())
        replace_file(place / _FACTS, json.dumps(asdict(kept)).encode())
        return kept

    def keep_result(self, file: Path, media: Media) -> Media:
        """Take a result in and leave the job's own file; the same one twice is one."""
        known = self._read(self.folder / media.id)
        if known is not None:
            return known
        copy = private_folder(self.folder / media.id) / ".coming"
        copy.unlink(missing_ok=True)
        try:
            os.link(file, copy)
        except OSError:
            shutil.copyfile(file, copy)
        return self.keep(copy, replace(media, bytes=file.stat().st_size, sha256=hash_plain(file)))

    def describe(self, media: Media, facts: Mapping[str, Any], thumb: bytes) -> Media:
        """Add what the probe found."""
        keys = ("kind", "width", "height", "rate_hz", "length_s", "has_sound")
        described = replace(media, **{key: facts[key] for key in keys})
        if thumb:
            replace_file(self.folder / media.id / _THUMB, thumb)
        replace_file(self.folder / media.id / _FACTS, json.dumps(asdict(described)).encode())
        return described

    def remove(self, media: Media) -> None:
        """Delete it."""
        shutil.rmtree(self.folder / media.id, ignore_errors=True)

    def _read(self, folder: Path) -> Media | None:
        try:
            return Media(**parse_json((folder / _FACTS).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None


def new_id() -> str:
    """Return an unused name."""
    return secrets.token_hex(8)


def result_id(job_id: str, name: str) -> str:
    """Return the ID of a job's result: the same whenever it is asked for."""
    return hashlib.sha256(f"{job_id}/{name}".encode()).hexdigest()[:16]


def label_of(name: str) -> str:
    """Return a client's file name as a label.

    Its last part, printable, of bounded length.
    """
    last = re.split(r"[/\\]", name)[-1]
    shown = "".join(c for c in last if c.isprintable()).strip()
    return shown[-_LABEL_CHARACTERS:] or "unnamed"


def _stem(label: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", Path(label).stem).strip("-")[:60] or "file"
