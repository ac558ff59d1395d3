"""Appear as a camera to other programs.

V4l2loopback on Linux, OBS or Unity Capture elsewhere.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from livecam.core.errors import NoVirtualCamera, OutputError, remedy
from livecam.core.frame import MarkedFrame, Pixels
from livecam.devices.camera.listing import list_loopbacks
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.devices.checks import check_frame
from livecam.devices.pixel_formats.i420 import I420Buffer
from livecam.devices.virtual_camera.setup import setup_hint


class Output(Protocol):
    """The part of `pyvirtualcam.PinholeCamera` that is used."""

    @property
    def device(self) -> str:
        """Name of the device in use."""
        ...

    def send(self, frame: Pixels) -> None:
        """Hand over one picture, its bytes in a row."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


OpenOutput = Callable[[str | None, tuple[int, int], float], Output]
"""Opens a device by its name, or the first; raises OutputError, RuntimeError, ImportError or OSError."""


def open_output(device: str | None, size_wh: tuple[int, int], rate_hz: float) -> Output:
    """Open a v4l2loopback device on Linux, elsewhere pyvirtualcam's first camera.

    All take I420: it is half the bytes of RGB and what readers ask for most.
    """
    if sys.platform == "linux":
        from livecam.devices.virtual_camera.loopback import open_loopback

        return open_loopback(Path(device) if device else _first(list_loopbacks()), size_wh, rate_hz)
    import pyvirtualcam

    width, height = size_wh
    output: Output = pyvirtualcam.Camera(width, height, rate_hz, fmt=pyvirtualcam.PixelFormat.I420, device=device)
    return output


def _first(devices: Sequence[VideoDevice]) -> Path:
    if not devices:
        raise NoVirtualCamera("there is no virtual camera on this system", **remedy(setup_hint()))
    return devices[0].path


class PictureBuffer(Protocol):
    """Converts pictures to a device's format."""

    size_wh: tuple[int, int]

    def fill(self, pixels: Pixels) -> Pixels:
        """Convert (h, w, 3) uint8 BGR; valid until the next call."""
        ...


class VirtualCameraSink:
    """A camera that other programs can choose."""

    def __init__(
        self,
        size_wh: tuple[int, int],
        rate_hz: float,
        *,
        device: str | None = None,
        open_output: OpenOutput = open_output,
        buffer: Callable[[tuple[int, int]], PictureBuffer] = I420Buffer,
    ) -> None:
        """Open the device.

        Args:
            size_wh: Size of the pictures; the camera's is the next even one.
            rate_hz: Rate at which pictures will come; a hint to the device.
            device: Device file or camera name; None takes the one called livecam, or the first.
            open_output: Opens the back-end.
            buffer: Makes the back-end's pixel format.

        Raises:
            OutputError: No such device, or it is in use; the hint sets one up on this system.
        """
        self.size_wh = size_wh
        self._planes = buffer(size_wh)
        self._in_use = Lock()
        try:
            self._output: Output | None = open_output(device, self._planes.size_wh, rate_hz)
        except (RuntimeError, ImportError, OSError) as error:
            raise NoVirtualCamera(
                f"the virtual camera did not open: {_one_line(error)}", **remedy(setup_hint())
            ) from error
        self._device = self._output.device

    @property
    def name(self) -> str:
        """The device."""
        return self._device

    def send(self, frame: MarkedFrame) -> None:
        """Hand the picture to the device.

        Raises:
            OutputError: The device is gone, or closed.
        """
        check_frame(frame, self.size_wh)
        with self._in_use:
            if self._output is None:
                raise OutputError(f"{self._device} is closed", advice="open it again")
            try:
                self._output.send(self._planes.fill(frame.pixels).reshape(-1))
            except (RuntimeError, OSError) as error:
                raise OutputError(
                    f"{self._device} takes no picture: {_one_line(error)}", command="livecam doctor"
                ) from error

    def close(self) -> None:
        """Close the device.

        Not while a `send` hangs in it: only the end of the process frees that.
        """
        if self._in_use.acquire(blocking=False):
            if self._output is not None:
                self._output.close()
                self._output = None
            self._in_use.release()


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
