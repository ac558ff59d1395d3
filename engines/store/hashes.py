"""Hash of a model's file, reckoned once as long as the file stays the same."""

from functools import lru_cache
from pathlib import Path

from livecam.core.files.reading import hash_plain


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file.

    Computed again only when its size or time of change differs.
    """
    state = path.stat()
    return _sha256(path.resolve(), state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=16)
def _sha256(path: Path, _size_bytes: int, _changed_ns: int) -> str:
    return hash_plain(path)
