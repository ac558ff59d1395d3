"""Memory that two processes share.

Made by one, handed to a child as a number or a name, gone with both.
"""

import mmap
import os
import secrets
import sys
import tempfile
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

_ALIGNED: Final = 64


class Place(NamedTuple):
    """One array in the block."""

    name: str
    shape: tuple[int, ...]
    kind: DTypeLike


class Block:
    """Arrays in shared memory, one after the other, by name.

    Both sides lay them out by the same places.

    Attributes:
        handle: What the other process attaches it by: a number of an open file, on Windows a name.
        files: Open files that the other process must be given.
    """

    def __init__(self, memory: mmap.mmap, places: Sequence[Place], handle: str, files: tuple[int, ...] = ()) -> None:
        self.handle, self.files = handle, files
        self._memory = memory
        self._arrays: dict[str, NDArray[Any]] = {}
        at = 0
        for place in places:
            count = int(np.prod(place.shape))
            self._arrays[place.name] = np.frombuffer(memory, place.kind, count, at).reshape(place.shape)
            at += _padded(self._arrays[place.name].nbytes)

    @classmethod
    def new(cls, places: Sequence[Place]) -> Self:
        """Memory for these arrays, all zero."""
        size = compute_size(places)
        if sys.platform == "win32":
            name = f"livecam-{secrets.token_hex(16)}"
            return cls(mmap.mmap(-1, size, tagname=name), places, name)
        file = _unnamed_file()
        os.ftruncate(file, size)
        return cls(mmap.mmap(file, size), places, str(file), (file,))

    @classmethod
    def attach(cls, handle: str, places: Sequence[Place]) -> Self:
        """Attach memory that another process made.

        Raises:
            OSError, ValueError: There is none of that size.
        """
        size = compute_size(places)
        if sys.platform == "win32":
            return cls(mmap.mmap(-1, size, tagname=handle), places, handle)
        return cls(mmap.mmap(int(handle), size), places, handle)

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return the array of that name; what is written into it the other process reads."""
        return self._arrays[name]

    @property
    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """All arrays by name."""
        return self._arrays

    def close(self) -> None:
        """Let go of the open file; the arrays last as long as they are used.

        May be called twice.
        """
        files, self.files = self.files, ()
        for file in files:
            os.close(file)


def compute_size(places: Sequence[Place]) -> int:
    """Return bytes of a block with these arrays; never none."""
    return sum(_padded(int(np.prod(place.shape)) * np.dtype(place.kind).itemsize) for place in places) or _ALIGNED


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _unnamed_file() -> int:
    if sys.platform == "linux":
        return os.memfd_create("livecam")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
