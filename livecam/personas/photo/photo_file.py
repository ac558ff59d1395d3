"""The file of a photo, known by its hash."""

from dataclasses import dataclass
from pathlib import Path

from livecam.core.errors import PhotoError
from livecam.core.files.reading import hash_plain, open_regular
from livecam.personas.record_store import hash_bytes

_LARGEST_FILE_BYTES = 100_000_000


@dataclass(frozen=True, slots=True)
class PhotoFile:
    """A photo's file, not yet decoded.

    Attributes:
        path: Where it is; of a photo that was taken from a clip, where the clip is.
        data: Its bytes.
        sha256: Their hash.
        clip_sha256: Hash of the clip it was taken from; empty where there is none.
    """

    path: Path
    data: bytes
    sha256: str
    clip_sha256: str = ""

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes that identify it."""
        return (self.sha256, self.clip_sha256) if self.clip_sha256 else (self.sha256,)


def read_photo(path: Path) -> PhotoFile:
    """Read a photo file.

    Raises:
        PhotoError: It is not there, not readable, or over 100 MB.
    """
    try:
        size_bytes = path.stat().st_size
        if size_bytes > _LARGEST_FILE_BYTES:
            raise PhotoError(f"{path} has {size_bytes / 1e6:.0f} MB, at most 100 are read", advice="save it smaller")
        with open_regular(path) as file:
            data = file.read()
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror}", advice="give the path of a photo") from error
    return PhotoFile(path, data, hash_bytes(data))


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file of any size, in hexadecimal.

    Raises:
        PhotoError: It cannot be read.
    """
    try:
        return hash_plain(path)
    except OSError as error:
        raise PhotoError(f"{path} cannot be read: {error.strerror}", advice="choose another file") from error
