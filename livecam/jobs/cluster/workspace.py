"""A node's folders for one job, erased with the process that works in them.

The persona is in memory where the system has a file system there, so that no disk keeps it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from livecam.core.errors import OutputError
from livecam.core.files.lock import FileLock, lock_folder
from livecam.core.files.private import own_folder
from livecam.jobs.cluster import eraser

_LOCK: Final = "in-use"
_MEMORY: Final = Path("/dev/shm")
_END_S: Final = 10.0


class Workspace:
    """Folders of one job on a node.

    Attributes:
        inputs: For clips.
        results: For what the job writes.
        data: The data folder of the job: its persona and keys that last as long.
    """

    def __init__(self, root: Path, memory: Path = _MEMORY) -> None:
        """Erase what ended jobs left, and make new folders.

        Args:
            root: The node's folder for work.
            memory: A file system in memory; it is not used where it is missing.

        Raises:
            OutputError: They cannot be made.
        """
        own = memory / f"livecam-node-{os.getuid()}" if memory.is_dir() and os.access(memory, os.W_OK) else root
        disk, self._disk_lock = _claim(root)
        self.data, self._data_lock = disk / "data", self._disk_lock
        if own != root:
            self.data, self._data_lock = _claim(own)
        self.inputs, self.results = disk / "inputs", disk / "results"
        for folder in (self.inputs, self.results, self.data):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._folders = (disk, self.data)
        self._eraser = subprocess.Popen(
            [sys.executable, "-I", "-S", eraser.__file__, *map(str, self._folders)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def watch(self, pid: int) -> None:
        """Name the leader of processes that write here: they end before the folders do."""
        assert self._eraser.stdin is not None
        self._eraser.stdin.write(f"{pid}\n".encode())
        self._eraser.stdin.flush()

    def free_bytes(self) -> int:
        """Return the room that is left for results."""
        return shutil.disk_usage(self.results).free

    def close(self) -> None:
        """Erase the folders; returns when they are gone. Idempotent."""
        if self._eraser.stdin is not None and not self._eraser.stdin.closed:
            with suppress(OSError):
                self._eraser.stdin.close()
        try:
            self._eraser.wait(_END_S)
        except subprocess.TimeoutExpired:
            self._eraser.kill()
            self._eraser.wait()
        for folder in self._folders:
            shutil.rmtree(folder, ignore_errors=True)
        for lock in (self._disk_lock, self._data_lock):
            lock.close()


def _claim(root: Path) -> tuple[Path, FileLock]:
    """Return a new folder, locked while its process lives.

    Others that are not locked are erased.
    """
    own_folder(root)
    with lock_folder(root):
        for left in root.iterdir():
            with suppress(OutputError, OSError):
                FileLock(left / _LOCK).close()
                shutil.rmtree(left)
        folder = Path(tempfile.mkdtemp(dir=root))
        return folder, FileLock(folder / _LOCK)
