"""Shared memory for a few pictures between two processes."""

import fcntl
import mmap
import os
import tempfile
from typing import Final

import numpy as np

from livecam.core.frame import Pixels

_SEALS: Final = getattr(fcntl, "F_SEAL_SHRINK", 0) | getattr(fcntl, "F_SEAL_GROW", 0) | getattr(fcntl, "F_SEAL_SEAL", 0)


class SharedPictures:
    """Slots for pictures of one size.

    The other process may write to them at any time, so copy a picture before use.

    Attributes:
        file: The number of the open file to pass on.
    """

    def __init__(self, count: int, size_wh: tuple[int, int]) -> None:
        width, height = size_wh
        size = count * width * height * 3
        if hasattr(os, "memfd_create"):
            self.file = os.memfd_create("livecam-pictures", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        else:
            with tempfile.TemporaryFile() as kept:
                self.file = os.dup(kept.fileno())
        os.ftruncate(self.file, size)
        if _SEALS and hasattr(os, "memfd_create"):
            # A file that the other process could cut would end this one when it reads behind the end.
            fcntl.fcntl(self.file, fcntl.F_ADD_SEALS, _SEALS)
        self._map = mmap.mmap(self.file, size)
        self._pictures = np.frombuffer(self._map, np.uint8).reshape(count, height, width, 3)

    def copy(self, slot: int) -> Pixels:
        """Return the picture in a slot, newly allocated."""
        return np.array(self._pictures[slot])

    def close(self) -> None:
        """Free the memory; may be called twice."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
