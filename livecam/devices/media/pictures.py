"""Read the pictures of any file or folder, each with its time."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.media.door import Clip
from livecam.devices.media.folder import FolderReel
from livecam.devices.media.kinds import HEAD_BYTES, PICTURE, detect_kind
from livecam.devices.media.plain_file import open_plain
from livecam.devices.media.recorded_source import RecordedSource
from livecam.devices.media.still_reel import StillReel


def is_still(path: Path) -> bool:
    """Whether a file is a single picture, by its content.

    Raises:
        CameraError: It cannot be opened.
    """
    with open_plain(path, CameraError, "name a picture, a video or a sound file") as file:
        return detect_kind(file.read(HEAD_BYTES)) == PICTURE


def open_reel(
    path: Path, *, rate_hz: float = 30.0, size_wh: tuple[int, int] | None = None, once: bool = True
) -> RecordedSource:
    """Return a video, a folder or a single picture as a reel.

    Args:
        path: The file or folder.
        rate_hz: The rate of pictures that have none of their own.
        size_wh: Width and height of every picture; None takes those of the first.
        once: Whether a single picture is shown once, not for ever.

    Raises:
        CameraError: There is no picture in it.
    """
    if path.is_dir():
        return FolderReel(path, rate_hz=rate_hz, size_wh=size_wh)
    if is_still(path):
        return StillReel(path, rate_hz=rate_hz, size_wh=size_wh, once=once)
    return Clip(path, size_wh=size_wh)


def read_pictures(path: Path, lost: list[str] | None = None) -> Iterator[tuple[Pixels, int]]:
    """Yield the pictures of a video or folder with nanoseconds since the first.

    Pictures are (h, w, 3) uint8 BGR. At the end, `lost` has what was changed or lost, one line each.

    Raises:
        CameraError: There are none.
    """
    with closing(open_reel(path)) as reel:
        while (at_ns := reel.grab()) is not None:
            yield reel.retrieve(), at_ns
        if lost is not None:
            lost += reel.remarks
