"""Resumable uploads, the core of tus 1.0.

Raw bodies, written as they come, hashed on the way, never in memory.
"""

import asyncio
import hashlib
import json
import os
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final

from livecam.core.clock import utc_now
from livecam.core.files.reading import hash_plain, parse_json
from livecam.core.files.writing import private_folder, replace_file
from livecam.studio.media import ID, new_id
from livecam.studio.problem import Problem, not_found

RESERVE_BYTES: Final = 2 << 30
"""So much of the disk stays free."""
MOST_BYTES: Final = 64 << 30
MOST_OPEN: Final = 100
_PIECE_BYTES: Final = 1 << 20
_IDLE_S: Final = 24 * 3600
_NEW_FILE: Final = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Upload:
    """One that is on its way.

    Attributes:
        id: The server's name for it.
        label: What the user calls the file.
        length: Bytes in all.
        begun_at: Seconds since 1970.
    """

    id: str
    label: str
    length: int
    begun_at: float


class Uploads:
    """Uploads of one user; use from one event loop.

    Args:
        folder: Made where it is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = private_folder(folder)
        self._hashes: dict[str, tuple[int, hashlib._Hash]] = {}
        self._busy: set[str] = set()

    def create(self, length: int, label: str) -> Upload:
        """Announce a file.

        Raises:
            Problem: Too large, no space, or too many at once.
        """
        self.sweep()
        if length > MOST_BYTES:
            raise Problem(413, "too-large", f"{length} bytes, at most {MOST_BYTES} are taken", "send a shorter file")
        if length > shutil.disk_usage(self._folder).free - RESERVE_BYTES:
            raise Problem(507, "no-space", "there is no space for this file", "free some space, then try again", 3)
        if len(list(self._folder.glob("*.json"))) >= MOST_OPEN:
            raise Problem(
                429, "busy", "too many uploads are open", "finish or delete one", headers={"Retry-After": "60"}
            )
        upload = Upload(new_id(), label, length, utc_now().timestamp())
        os.close(os.open(self.part(upload), _NEW_FILE, 0o600))
        replace_file(self._folder / f"{upload.id}.json", json.dumps(asdict(upload)).encode())
        self._hashes[upload.id] = (0, hashlib.sha256())
        return upload

    def get(self, upload_id: str) -> Upload:
        """Return the one of that ID.

        Raises:
            Problem: There is none.
        """
        try:
            if ID.fullmatch(upload_id):
                return Upload(**parse_json((self._folder / f"{upload_id}.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            pass  # said in the next line
        raise not_found("there is no such upload", "POST /api/v1/uploads")

    def part(self, upload: Upload) -> Path:
        """Return what has come of it."""
        return self._folder / f"{upload.id}.part"

    def offset(self, upload: Upload) -> int:
        """Return how many bytes have come."""
        return self.part(upload).stat().st_size

    async def append(self, upload: Upload, offset: int, pieces: AsyncIterator[bytes]) -> int:
        """Write what comes; what came before a line broke stays. The new offset.

        Raises:
            Problem: Another offset than this one is next, more bytes come than were announced, or another request
                writes it now.
        """
        if upload.id in self._busy:
            raise Problem(409, "upload-offset", "another request writes this upload", "HEAD it, then go on")
        self._busy.add(upload.id)
        try:
            if offset != self.offset(upload):
                raise Problem(409, "upload-offset", f"the next byte is {self.offset(upload)}", "HEAD it, then go on")
            with self.part(upload).open("r+b") as file:
                file.seek(offset)
                return await self._write(upload, file, offset, pieces)
        finally:
            self._busy.discard(upload.id)

    async def _write(self, upload: Upload, file: IO[bytes], offset: int, pieces: AsyncIterator[bytes]) -> int:
        waiting = bytearray()
        try:
            async for piece in pieces:
                if offset + len(waiting) + len(piece) > upload.length:
                    raise Problem(413, "too-large", "more bytes came than were announced", "announce the right length")
                waiting += piece
                if len(waiting) >= _PIECE_BYTES:
                    offset = await self._flush(upload, file, offset, waiting)
        finally:
            offset = await asyncio.shield(self._flush(upload, file, offset, waiting))
        return offset

    async def _flush(self, upload: Upload, file: IO[bytes], offset: int, waiting: bytearray) -> int:
        data = bytes(waiting)
        waiting.clear()
        hashed = self._hashes.get(upload.id)

        def write() -> None:
            file.write(data)
            file.flush()
            if hashed is not None and hashed[0] == offset:
                hashed[1].update(data)

        if data:
            await asyncio.to_thread(write)
            if hashed is not None and hashed[0] == offset:
                self._hashes[upload.id] = (offset + len(data), hashed[1])
        return offset + len(data)

    async def finished(self, upload: Upload) -> tuple[Path, str]:
        """Return the whole file, flushed to the disk, and its hash.

        Raises:
            Problem: It is not whole.
        """
        if self.offset(upload) != upload.length:
            raise Problem(409, "upload-offset", f"the next byte is {self.offset(upload)}", "HEAD it, then go on")
        count, digest = self._hashes.get(upload.id, (-1, hashlib.sha256()))
        path = self.part(upload)
        # After a restart of the studio the hash begins again, from the file.
        value = digest.hexdigest() if count == upload.length else await asyncio.to_thread(hash_plain, path)
        return path, value

    def remove(self, upload: Upload) -> None:
        """Forget it and what came of it."""
        self._hashes.pop(upload.id, None)
        self.part(upload).unlink(missing_ok=True)
        (self._folder / f"{upload.id}.json").unlink(missing_ok=True)

    def sweep(self) -> None:
        """Forget uploads to which nothing was added for a day."""
        oldest = utc_now().timestamp() - _IDLE_S
        for path in self._folder.glob("*.part"):
            if path.stat().st_mtime < oldest:
                path.unlink(missing_ok=True)
                path.with_suffix(".json").unlink(missing_ok=True)
