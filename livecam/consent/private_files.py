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
            _write(fresh / name, data)
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


def _put_aside(folder: Path) -> Path:
    return folder.rename(Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent)) / "old").parent


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
