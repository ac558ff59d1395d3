"""Watch a virtual camera as a meeting program does."""

from pathlib import Path
from threading import Event

import cv2

from livecam.core.clock import Clock
from livecam.core.errors import OutputError
from livecam.core.frame import OnPicture


def watch(
    device: str, size_wh: tuple[int, int], rate_hz: float, clock: Clock, on_picture: OnPicture, stopping: Event
) -> None:
    """Pass on every picture until asked to stop.

    Args:
        device: A sink's name: a device file, or the camera through PipeWire.
        size_wh: Of its pictures, for PipeWire.
        rate_hz: Of its pictures, for PipeWire.
        clock: Read when a picture has arrived.
        on_picture: Receives every picture.
        stopping: Ends it.

    Raises:
        OutputError: The device allows no reader.
    """
    if device.startswith("/dev/video"):
        _watch_file(Path(device), clock, on_picture, stopping)
    else:
        from livecam.devices.virtual_camera.pipewire_watch import watch_pipewire

        watch_pipewire(size_wh, rate_hz, clock, on_picture, stopping)


def _watch_file(path: Path, clock: Clock, on_picture: OnPicture, stopping: Event) -> None:
    capture = cv2.VideoCapture(int(path.name.removeprefix("video")), cv2.CAP_V4L2)
    try:
        if not capture.isOpened():
            raise OutputError(f"{path} allows no reader", advice="close other programs that watch it: livecam doctor")
        while not stopping.is_set():
            good, pixels = capture.read()
            if good:
                on_picture(pixels.astype("uint8", copy=False), clock.now_ns())
    finally:
        capture.release()
