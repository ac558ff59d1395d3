"""Write files whole or not at all, privately, with errors of two lines."""

import errno
import os
import shutil
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from livecam.core.files.errors import translate_write_errors, write_error
from livecam.core.files.lock import lock_folder

PRIVATE: Final = 0o600
"""Mode of every file livecam creates: only the owner can read it."""
_ROOM_BYTES = 4096


def check_place(path: Path) -> None:
    """Check before any work that a file of this name can be written.

    It writes one next to it.

    Raises:
        UsageError: The name is too long or invalid.
        OutputError: There is no such folder, or it takes no file of a few bytes.
    """
    with translate_write_errors(path):
        if path.exists() and not path.is_file():
            return
        path.is_symlink()  # a name that is too long is noticed where the file is not there yet
        os.lstat(path.parent)
        descriptor, name = tempfile.mkstemp(prefix=".livecam-", suffix=".part", dir=path.resolve().parent)
        try:
            os.write(descriptor, bytes(_ROOM_BYTES))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
            os.unlink(name)


def write_whole(path: Path, data: bytes) -> None:
    """Write `data` to `path` so that a reader sees the whole old or new file.

    A pipe or device takes the bytes directly. A new file gets the mode 0600, an existing one keeps its own. A link is
    followed.

    Raises:
        UsageError: The name is too long or invalid.
        OutputError: It cannot be written; what was there stays.
    """
    with translate_write_errors(path, "was not written"):
        if _is_stream(path):
            with path.open("wb") as file:
                file.write(data)
            return
        _replace(path.resolve(), data)


def _is_stream(path: Path) -> bool:
    """Whether a path is a pipe or device.

    That includes /dev/stdout of a file that the shell has opened.
    """
    return path.exists() and (not path.is_file() or path.absolute().parts[1:2] in (("dev",), ("proc",)))


def _replace(target: Path, data: bytes) -> None:
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else PRIVATE
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    # A name of its own: one made of the target's could be too long.
    descriptor, name = tempfile.mkstemp(prefix=".livecam-", suffix=".part", dir=target.parent)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if mode != PRIVATE:
            fresh.chmod(mode)
        fresh.replace(target)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Flush a folder, so that a name in it survives a power cut where possible."""
    if os.name == "nt":  # pragma: no cover
        return
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def write_new(path: Path, data: bytes) -> None:
    """Write a file of mode 0600 that must not exist; leave none where that fails.

    Raises:
        FileExistsError: There is one.
        UsageError: The name is too long, or none.
        OutputError: It cannot be written.
    """
    try:
        _write_exclusive(path, data)
    except FileExistsError:
        raise
    except (OSError, ValueError) as error:
        raise write_error(path, error) from error


def _write_exclusive(path: Path, data: bytes) -> None:
    """Write a new file; none is left where that fails.

    Raises:
        OSError: It cannot be written.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def private_folder(folder: Path) -> Path:
    """Create a folder with mode 0700 where it is missing.

    An existing one keeps the mode that its owner chose.

    Raises:
        UsageError: The name is too long, or none.
        OutputError: It cannot be made.
    """
    with translate_write_errors(folder):
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    return folder


def own_folder(folder: Path) -> Path:
    """Create a folder of livecam's own inside the data folder, mode 0700.

    One that others may read is closed to them.

    Raises:
        UsageError, OutputError: As `private_folder`.
    """
    private_folder(folder)
    # Not everywhere there are modes; its files are private by themselves.
    with suppress(OSError):
        if folder.stat().st_mode & 0o077:
            folder.chmod(0o700)
    return folder


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Write these files, mode 0600, into `folder`, and remove all others.

    A reader never sees a part of them.

    Args:
        folder: Replaced when it exists; its parent is made private.
        contents: Bytes by file name.

    Raises:
        UsageError, OutputError: It cannot be written; what was there stays.
    """
    parent = own_folder(folder.parent)
    with translate_write_errors(folder), lock_folder(parent):
        fresh = Path(tempfile.mkdtemp(prefix=".livecam-", dir=parent))
        try:
            for name, data in contents.items():
                # Not `write_new`: its message would name a folder that is gone.
                _write_exclusive(fresh / name, data)
            old = _move_away(folder) if folder.exists() else None
            try:
                fresh.rename(folder)
            except OSError:
                if old is not None:  # pragma: no branch
                    (old / "old").rename(folder)
                    old.rmdir()
                raise
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            raise
        _sync_folder(parent)
        if old is not None:
            shutil.rmtree(old)


def remove_folder(folder: Path) -> None:
    """Remove a folder and its contents; its name is gone at once.

    Raises:
        OutputError: It cannot be removed.
    """
    with translate_write_errors(folder), lock_folder(folder.parent):
        shutil.rmtree(_move_away(folder))


def replace_file(path: Path, data: bytes) -> None:
    """Replace the contents of `path`, mode 0600; create its folder where missing.

    Raises:
        UsageError, OutputError: It cannot be written; what was there stays.
    """
    with lock_folder(private_folder(path.parent)), translate_write_errors(path):
        _replace(path, data)


def _move_away(folder: Path) -> Path:
    place = Path(tempfile.mkdtemp(prefix=".livecam-", dir=folder.parent))
    try:
        return folder.rename(place / "old").parent
    except OSError:
        place.rmdir()
        raise
