"""Look at a virtual camera as a meeting program does."""

from collections.abc import Callable
from pathlib import Path
from threading import Event

import cv2

from livecam.core.clock import Clock
from livecam.core.errors import OutputError
from livecam.core.frame import Pixels

OnPicture = Callable[[Pixels, int], None]
"""Is given (h, w, 3) uint8 BGR and the clock's nanoseconds at which it arrived."""


def watch(path: Path, clock: Clock, on_picture: OnPicture, stopping: Event) -> None:
    """Hand on every picture until told to stop.

    Raises:
        OutputError: The device lets nobody watch.
    """
    capture = cv2.VideoCapture(int(path.name.removeprefix("video")), cv2.CAP_V4L2)
    try:
        if not capture.isOpened():
            raise OutputError(f"{path} lets nobody watch", hint="close other programs that watch it: livecam doctor")
        while not stopping.is_set():
            good, pixels = capture.read()
            if good:
                on_picture(pixels.astype("uint8", copy=False), clock.now_ns())
    finally:
        capture.release()
