"""Act as the producer of a v4l2loopback device.

Names and numbers are from linux/videodev2.h.

The following is from the driver's source, and tests/hardware shows it on 0.12.7 and 0.15.0:

- With exclusive_caps=1, versions 0.12.5 to 0.13.1 give the output side back only when an opener that had called
  STREAMON closes. A producer that only writes leaves it shut until the module is loaded again (v4l2loopback issue 442).
- While a reader holds the device, 0.12 answers S_FMT with the size it has, and no error.
- 0.12 lets a second producer in as soon as a process calls STREAMON: their pictures would alternate.
"""

import os
import struct
from itertools import takewhile
from pathlib import Path
from select import select

from livecam.core.frame import Pixels
from livecam.devices.camera.v4l2 import (
    BOTH,
    BUF_TYPE_CAPTURE,
    BUF_TYPE_OUTPUT,
    POINTER_BYTES,
    WRITE,
    Ioctl,
    is_accepted,
    open_device,
    request,
    system_ioctl,
)

_FORMAT_BYTES = 200 + (8 if POINTER_BYTES == 8 else 4)  # the union of v4l2_format is aligned like a pointer
_PICTURE_AT = 8 if POINTER_BYTES == 8 else 4
_G_FMT = request(BOTH, 4, _FORMAT_BYTES)
_S_FMT = request(BOTH, 5, _FORMAT_BYTES)
_STREAMON = request(WRITE, 18, 4)
_S_PARM = request(BOTH, 22, 204)
_FIELD_NONE = 1
_COLORSPACE_SMPTE170M = 1
_I420 = b"YU12"
_NEXT_PICTURE_S = 0.4
_MOST_KEPT = 64  # pictures a driver could still have from a producer that is gone


class SizeHeld(OSError):
    """The device keeps another size, because a reader has it open."""

    def __init__(self, size_wh: tuple[int, int]) -> None:
        super().__init__(f"it keeps {size_wh[0]}x{size_wh[1]}")
        self.size_wh = size_wh


class V4l2Output:
    """An open producer of I420 pictures."""

    def __init__(self, path: Path, size_wh: tuple[int, int], rate_hz: float, *, ioctl: Ioctl = system_ioctl) -> None:
        """Open the device and agree on a format.

        Args:
            path: The device file.
            size_wh: Even width and height.
            rate_hz: The rate that readers see.
            ioctl: The kernel.

        Raises:
            SizeHeld: The driver answered with another size.
            OSError: No such device, no permission, or another producer has it.
        """
        self.device, self._bytes = str(path), size_wh[0] * size_wh[1] * 3 // 2
        self._descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        try:
            self._agree(size_wh, ioctl)
            _set_rate(self._descriptor, rate_hz, ioctl)
            # Marks this opener as the writer; newer drivers refuse it, and need it not.
            is_accepted(ioctl, self._descriptor, _STREAMON, bytearray(struct.pack("i", BUF_TYPE_OUTPUT)))
        except OSError:
            self.close()
            raise

    def _agree(self, size_wh: tuple[int, int], ioctl: Ioctl) -> None:
        wished = bytearray(_FORMAT_BYTES)
        struct.pack_into("I", wished, 0, BUF_TYPE_OUTPUT)
        struct.pack_into(
            "II4s5I",
            wished,
            _PICTURE_AT,
            *size_wh,
            _I420,
            *(_FIELD_NONE, size_wh[0], self._bytes, _COLORSPACE_SMPTE170M, 0),
        )
        ioctl(self._descriptor, _S_FMT, wished)
        width, height, code = struct.unpack_from("II4s", wished, _PICTURE_AT)
        if ((width, height), code) != (size_wh, _I420):
            raise SizeHeld((width, height))

    def send(self, frame: Pixels) -> None:
        """Write one I420 picture: (h * 3 / 2 * w,) uint8.

        Raises:
            OSError: The device is gone, or takes a part only.
        """
        written = os.write(self._descriptor, frame.data)
        if written != self._bytes:
            raise OSError(f"{written} of {self._bytes} bytes were taken")

    def close(self) -> None:
        """Close the device."""
        os.close(self._descriptor)


def _set_rate(descriptor: int, rate_hz: float, ioctl: Ioctl) -> None:
    """Set the rate for readers; a driver without rates ignores it."""
    answer = bytearray(204)
    struct.pack_into("5I", answer, 0, BUF_TYPE_OUTPUT, 0, 0, 1000, round(rate_hz * 1000))
    is_accepted(ioctl, descriptor, _S_PARM, answer)


def read_output_size_wh(path: Path, ioctl: Ioctl = system_ioctl) -> tuple[int, int]:
    """Return the size of the pictures that a virtual camera shows at present.

    While a producer has it, v4l2loopback 0.13 and newer shows only the capturing side to others.

    Raises:
        OSError: It takes none.
    """
    answer = bytearray(_FORMAT_BYTES)
    with open_device(path) as descriptor:
        struct.pack_into("I", answer, 0, BUF_TYPE_OUTPUT)
        if not is_accepted(ioctl, descriptor, _G_FMT, answer):
            struct.pack_into("I", answer, 0, BUF_TYPE_CAPTURE)
            ioctl(descriptor, _G_FMT, answer)
    width, height = struct.unpack_from("II", answer, _PICTURE_AT)
    return width, height


def free_output(path: Path, ioctl: Ioctl = system_ioctl) -> None:
    """Make v4l2loopback accept a producer after an earlier one left it closed.

    Opening, STREAMON and closing marks this opener as the writer and frees the device, even where the call itself is
    refused. Do not do this while another producer is at work, see `is_written`.

    Raises:
        OSError: The device does not open.
    """
    with open_device(path) as descriptor:
        is_accepted(ioctl, descriptor, _STREAMON, bytearray(struct.pack("i", BUF_TYPE_OUTPUT)))


def is_written(path: Path, within_s: float = _NEXT_PICTURE_S) -> bool:
    """Whether new pictures come out of the device: another producer is at work.

    Raises:
        OSError: The device does not open.
    """
    with open_device(path) as descriptor:
        kept = len(list(takewhile(bool, (_can_read(descriptor) for _ in range(_MOST_KEPT)))))
        if kept in (0, _MOST_KEPT):
            return kept > 0
        select([descriptor], [], [], within_s)
        return _can_read(descriptor)


def _can_read(descriptor: int) -> bool:
    """Whether there is a picture not read before.

    On a device that refuses readers no producer can be found.
    """
    try:
        return bool(os.read(descriptor, 1))
    except OSError:
        return False
