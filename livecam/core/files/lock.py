"""Lock files while they are written.

One process writes at a time, and the lock ends with the process.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Final

from livecam.core.errors import OutputError

_TRIES: Final = 20
_NEVER_INHERITED: Final = getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_here = RLock()
_held: dict[Path, int] = {}

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _lock(descriptor: int, *, wait: bool) -> None:
        """Lock the first byte of an otherwise empty file.

        Raises:
            BlockingIOError: Another process has it.
        """
        try:
            msvcrt.locking(descriptor, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError as error:
            raise BlockingIOError(*error.args) from error

    def _place(path: Path) -> Path:
        """Return the lock's own file: a Windows lock would also exclude the encoder."""
        name = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:32]
        return Path(tempfile.gettempdir()) / f"livecam-{name}.lock"

else:
    import fcntl

    def _lock(descriptor: int, *, wait: bool) -> None:
        """Lock a file; do nothing on a file system without locks.

        Raises:
            BlockingIOError: Another process has it.
        """
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise
        except OSError:
            return

    def _place(path: Path) -> Path:
        return path


class FileLock:
    """The right to write a file, until it is released or the process ends.

    Attributes:
        made: Whether the lock created the file.
    """

    def __init__(self, path: Path) -> None:
        """Take the lock; create the file with mode 0600 where it is missing.

        An existing file keeps its contents.

        Raises:
            OSError: It cannot be opened for writing.
            OutputError: Another process writes it.
        """
        self._path = path
        self._descriptor = -1
        for _ in range(_TRIES):
            self.made = not path.exists()
            self._descriptor = os.open(_place(path), os.O_RDWR | os.O_CREAT | _NEVER_INHERITED, 0o600)
            try:
                if path.is_file():
                    _lock(self._descriptor, wait=False)
            except BlockingIOError:
                self.close()
                raise _busy_error(path) from None
            if self.is_current:
                return
            # Another process put a signed file in its place in between.
            self.close()
        raise _busy_error(path)

    @property
    def is_current(self) -> bool:
        """Whether the locked file is still the one with that name."""
        if _place(self._path) != self._path:  # pragma: no cover
            return self._path.exists() or self.made
        try:
            return os.path.samestat(os.fstat(self._descriptor), self._path.stat())
        except OSError:
            return False

    def close(self) -> None:
        """Release the lock; may be called twice."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        if hasattr(self, "_descriptor"):  # pragma: no branch
            self.close()


def check_free(path: Path) -> None:
    """Check that no process writes a file now.

    Raises:
        OSError: It cannot be opened.
        OutputError: Another process writes it.
    """
    if path.is_file():  # pragma: no branch
        FileLock(path).close()


def _busy_error(path: Path) -> OutputError:
    return OutputError(f"another livecam writes {path} now", advice="end that one first, or give this one another name")


@contextmanager
def lock_folder(folder: Path) -> Iterator[None]:
    """Lock a folder's contents for this process while the block runs.

    Other processes wait.
    """
    place = folder.resolve()
    with _here:
        _held[place] = _held.get(place, 0) + 1
        descriptor = _open_locked(place) if _held[place] == 1 else -1
        try:
            yield
        finally:
            _held[place] -= 1
            if descriptor >= 0:
                os.close(descriptor)


def _open_locked(folder: Path) -> int:
    """Return the open, locked folder; -1 where folders cannot be locked."""
    descriptor = -1
    with suppress(OSError):
        flags = os.O_RDONLY if sys.platform != "win32" else os.O_RDWR | os.O_CREAT
        descriptor = os.open(_place(folder), flags | _NEVER_INHERITED, 0o600)
        _lock(descriptor, wait=True)
    return descriptor
