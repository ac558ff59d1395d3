"""Appear as a camera to other programs: v4l2loopback on Linux, OBS or Unity Capture elsewhere."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame, Pixels
from livecam.devices.cameras import loopbacks
from livecam.devices.door import checked
from livecam.devices.i420 import I420Buffer
from livecam.devices.v4l2 import VideoDevice, free_output, output_size_wh
from livecam.devices.virtual_camera_setup import setup_hint


class Output(Protocol):
    """The part of `pyvirtualcam.Camera` that is used."""

    @property
    def device(self) -> str:
        """Name of the device in use."""
        ...

    def send(self, frame: Pixels) -> None:
        """Hand over one I420 picture."""
        ...

    def close(self) -> None:
        """Let go of the device."""
        ...


OpenOutput = Callable[[tuple[int, int], float, str | None], Output]


def open_output(size_wh: tuple[int, int], rate_hz: float, device: str | None) -> Output:
    """The camera of pyvirtualcam, taking I420: it is half the bytes and what most devices hand on."""
    import pyvirtualcam

    width, height = size_wh
    output: Output = pyvirtualcam.Camera(width, height, rate_hz, fmt=pyvirtualcam.PixelFormat.I420, device=device)
    return output


class VirtualCameraSink:
    """A camera that other programs can choose. They see it only after the first picture was sent."""

    def __init__(
        self,
        size_wh: tuple[int, int],
        rate_hz: float,
        *,
        device: str | None = None,
        open_output: OpenOutput = open_output,
        find: Callable[[], Sequence[VideoDevice]] = loopbacks,
    ) -> None:
        """Open the device.

        Args:
            size_wh: Size of the pictures; the camera's is the next even one.
            rate_hz: Rate at which pictures will come; a hint to the device.
            device: Device file or camera name; None takes the one called livecam, or the first.
            open_output: Opens the back-end.
            find: Lists the virtual devices, on Linux.

        Raises:
            OutputError: No such device, or it is in use; the hint sets one up on this system.
        """
        self.size_wh = size_wh
        self._planes = I420Buffer(size_wh)
        self._in_use = Lock()
        if sys.platform == "linux":
            device = device or _first(find())
            _freed(Path(device))
        try:
            self._output: Output | None = open_output(self._planes.size_wh, rate_hz, device)
        except (RuntimeError, ImportError, OSError) as error:
            raise OutputError(f"the virtual camera did not open: {_one_line(error)}", hint=setup_hint()) from error
        self._device = self._output.device
        if sys.platform == "linux":
            self._check_size()

    def _check_size(self) -> None:
        """A reader that holds the device at another size would see nothing, without any error."""
        try:
            taken_wh = output_size_wh(Path(self._device))
        except OSError:
            return  # a driver that does not tell, so there is nothing to compare
        if taken_wh != self._planes.size_wh:
            self.close()
            raise OutputError(
                f"{self._device} is held at {taken_wh[0]}x{taken_wh[1]} by a program that watches it",
                hint=f"close that program, or add --size {taken_wh[0]}x{taken_wh[1]}",
            )

    @property
    def name(self) -> str:
        """The device."""
        return self._device

    def send(self, frame: MarkedFrame) -> None:
        """Hand the picture to the device.

        Raises:
            OutputError: The device is gone, or closed.
        """
        checked(frame, self.size_wh)
        with self._in_use:
            if self._output is None:
                raise OutputError(f"{self._device} is closed", hint="open it again")
            try:
                self._output.send(self._planes.fill(frame.pixels).reshape(-1))
            except (RuntimeError, OSError) as error:
                raise OutputError(
                    f"{self._device} takes no picture: {_one_line(error)}", hint="livecam doctor"
                ) from error

    def close(self) -> None:
        """Let go of the device; not while a `send` hangs in it, which only the end of the process can free."""
        if self._in_use.acquire(blocking=False):
            if self._output is not None:
                self._output.close()
                self._output = None
            self._in_use.release()


def _first(devices: Sequence[VideoDevice]) -> str:
    if not devices:
        raise OutputError("there is no virtual camera on this system", hint=setup_hint())
    return str(devices[0].path)


def _freed(path: Path) -> None:
    """Let the driver take a producer again, where an earlier one left it shut."""
    try:
        free_output(path)
    except OSError as error:
        raise OutputError(f"{path} does not open: {error.strerror}", hint=setup_hint()) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())
