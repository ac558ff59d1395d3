"""Files for their owner only, written whole or not at all."""

import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path


def private_folder(folder: Path) -> Path:
    """Create a folder, or tighten one that exists, to mode 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Make `folder` hold these files and no others, mode 0600; a reader never sees a part of them.

    Args:
        folder: Replaced when it exists; its parent is made private.
        contents: Bytes by file name.
    """
    parent = private_folder(folder.parent)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=parent))
    try:
        for name, data in contents.items():
            write_file(fresh / name, data)
        old = _put_aside(folder) if folder.exists() else None
        fresh.rename(folder)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    if old is not None:
        shutil.rmtree(old)


def remove_folder(folder: Path) -> None:
    """Remove a folder and what is in it; it is gone under its name at once."""
    shutil.rmtree(_put_aside(folder))


def replace_file(path: Path, data: bytes) -> None:
    """Make `path` hold this, mode 0600; a reader sees the old or the new whole. Its folder is made private."""
    fresh = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=private_folder(path.parent)))
    try:
        write_file(fresh / path.name, data)
        (fresh / path.name).replace(path)
    finally:
        shutil.rmtree(fresh)


def read_at_most(path: Path, size_bytes: int) -> bytes:
    """A file's contents.

    Raises:
        ValueError: It is larger.
    """
    with path.open("rb") as file:
        data = file.read(size_bytes + 1)
    if len(data) > size_bytes:
        raise ValueError(f"it is larger than {size_bytes} bytes")
    return data


def write_file(path: Path, data: bytes) -> None:
    """Write a new file of mode 0600.

    Raises:
        FileExistsError: There is one.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _put_aside(folder: Path) -> Path:
    return folder.rename(Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)) / "old").parent
