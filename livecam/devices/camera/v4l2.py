"""Query Linux's video devices by ioctl.

Names and numbers are from linux/videodev2.h.
"""

import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

LOOPBACK_DRIVER = "v4l2 loopback"

_CAP_VIDEO_CAPTURE = 0x1
_CAP_VIDEO_OUTPUT = 0x2
_CAP_DEVICE_CAPS = 0x80000000
BUF_TYPE_CAPTURE = 1
BUF_TYPE_OUTPUT = 2
_DISCRETE = 1
_MOST = 64  # entries asked for per list, against drivers that never end one


def request(direction: int, number: int, size: int) -> int:
    """Return the number of an ioctl of V4L2 with an argument of `size` bytes."""
    return direction << 30 | size << 16 | ord("V") << 8 | number


WRITE, READ, BOTH = 1, 2, 3
POINTER_BYTES = struct.calcsize("P")
_QUERYCAP = request(READ, 0, 104)
_ENUM_FMT = request(BOTH, 2, 64)
_ENUM_FRAMESIZES = request(BOTH, 74, 44)
_ENUM_FRAMEINTERVALS = request(BOTH, 75, 52)


class Ioctl(Protocol):
    """The kernel, or a fake driver."""

    def __call__(self, descriptor: int, request: int, argument: bytearray, /) -> int:
        """Fill `argument` in place; OSError where the driver refuses."""
        ...


def system_ioctl(descriptor: int, request: int, argument: bytearray, /) -> int:
    """Return the kernel's answer; Unix only, like this module's callers."""
    import fcntl

    answer: int = fcntl.ioctl(descriptor, request, argument)
    return answer


@dataclass(frozen=True, slots=True)
class PictureFormat:
    """One format a device offers.

    Attributes:
        fourcc: Such as MJPG or YUYV.
        size_wh: Width and height; the largest, where the driver names a range.
        rate_hz: Its highest rate; 0 where the driver names none.
    """

    fourcc: str
    size_wh: tuple[int, int]
    rate_hz: float


@dataclass(frozen=True, slots=True)
class VideoDevice:
    """Description of a device by its driver."""

    path: Path
    driver: str
    card: str
    captures: bool
    outputs: bool

    @property
    def loopback(self) -> bool:
        """Whether it is a virtual camera of v4l2loopback."""
        return self.driver == LOOPBACK_DRIVER


@contextmanager
def open_device(path: Path) -> Iterator[int]:
    """Open a descriptor that does not block, closed at the end of the block."""
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def query(path: Path, ioctl: Ioctl = system_ioctl) -> VideoDevice:
    """Return name, driver and bus of a device.

    Raises:
        OSError: No such device, no permission, or no video device.
    """
    answer = bytearray(104)
    with open_device(path) as descriptor:
        ioctl(descriptor, _QUERYCAP, answer)
    driver, card = (_text(part) for part in struct.unpack_from("16s32s", answer))
    capabilities, device_caps = struct.unpack_from("II", answer, 84)
    caps = device_caps if capabilities & _CAP_DEVICE_CAPS else capabilities
    return VideoDevice(path, driver, card, bool(caps & _CAP_VIDEO_CAPTURE), bool(caps & _CAP_VIDEO_OUTPUT))


def list_formats(path: Path, ioctl: Ioctl = system_ioctl) -> tuple[PictureFormat, ...]:
    """Return every format the device can capture; empty where it cannot be queried."""
    try:
        with open_device(path) as descriptor:
            return tuple(_formats(descriptor, ioctl))
    except OSError:
        return ()


def _formats(descriptor: int, ioctl: Ioctl) -> Iterator[PictureFormat]:
    for index in range(_MOST):
        answer = bytearray(64)
        struct.pack_into("II", answer, 0, index, BUF_TYPE_CAPTURE)
        if not is_accepted(ioctl, descriptor, _ENUM_FMT, answer):
            return
        (code,) = struct.unpack_from("4s", answer, 44)
        for size_wh in _sizes(descriptor, ioctl, code):
            yield PictureFormat(_text(code), size_wh, _highest_rate_hz(descriptor, ioctl, code, size_wh))


def _sizes(descriptor: int, ioctl: Ioctl, code: bytes) -> Iterator[tuple[int, int]]:
    for index in range(_MOST):
        answer = bytearray(44)
        struct.pack_into("I4s", answer, 0, index, code)
        if not is_accepted(ioctl, descriptor, _ENUM_FRAMESIZES, answer):
            return
        kind, *numbers = struct.unpack_from("7I", answer, 8)
        if kind != _DISCRETE:
            yield numbers[1], numbers[4]
            return
        yield numbers[0], numbers[1]


def _highest_rate_hz(descriptor: int, ioctl: Ioctl, code: bytes, size_wh: tuple[int, int]) -> float:
    best_hz = 0.0
    for index in range(_MOST):
        answer = bytearray(52)
        struct.pack_into("I4sII", answer, 0, index, code, *size_wh)
        if not is_accepted(ioctl, descriptor, _ENUM_FRAMEINTERVALS, answer):
            break
        kind, numerator, denominator = struct.unpack_from("3I", answer, 16)
        best_hz = max(best_hz, denominator / numerator if numerator else 0.0)
        if kind != _DISCRETE:
            break
    return best_hz


def is_accepted(ioctl: Ioctl, descriptor: int, request: int, argument: bytearray) -> bool:
    """Whether the driver took the request."""
    try:
        ioctl(descriptor, request, argument)
    except OSError:
        return False
    return True


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace").strip()
