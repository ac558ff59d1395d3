"""The pictures of any file or folder, each with its time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from livecam.core.frame import Pixels
from livecam.devices.clip import ClipReel
from livecam.devices.folder import SUFFIXES, FolderReel
from livecam.devices.still import read_still


def is_still(path: Path) -> bool:
    """Whether the name is that of a single picture."""
    return path.suffix.lower() in SUFFIXES


def still(path: Path) -> Pixels:
    """A single picture, (h, w, 3) uint8 BGR.

    Raises:
        CameraError: It cannot be read or decoded.
    """
    return read_still(path, "name a picture, a video or a sound file")


def pictures(path: Path) -> Iterator[tuple[Pixels, int]]:
    """The pictures of a video or a folder, (h, w, 3) uint8 BGR, with their nanoseconds since the first.

    Raises:
        CameraError: There are none.
    """
    reel = FolderReel(path) if path.is_dir() else ClipReel(path)
    with closing(reel):
        while (at_ns := reel.grab()) is not None:
            yield reel.retrieve(), at_ns
