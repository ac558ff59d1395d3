"""Ask Linux's video devices what they are, by ioctl; names and numbers from linux/videodev2.h."""

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
_BUF_TYPE_CAPTURE = 1
_BUF_TYPE_OUTPUT = 2
_DISCRETE = 1
_MOST = 64  # entries asked for per list, against drivers that never end one


def _request(direction: int, number: int, size: int) -> int:
    return direction << 30 | size << 16 | ord("V") << 8 | number


_WRITE, _READ, _BOTH = 1, 2, 3
_POINTER = struct.calcsize("P")
_FORMAT_SIZE = 200 + (8 if _POINTER == 8 else 4)  # the union of v4l2_format is aligned like a pointer
_QUERYCAP = _request(_READ, 0, 104)
_ENUM_FMT = _request(_BOTH, 2, 64)
_G_FMT = _request(_BOTH, 4, _FORMAT_SIZE)
_STREAMON = _request(_WRITE, 18, 4)
_ENUM_FRAMESIZES = _request(_BOTH, 74, 44)
_ENUM_FRAMEINTERVALS = _request(_BOTH, 75, 52)


class Ioctl(Protocol):
    """The kernel, or a fake driver."""

    def __call__(self, descriptor: int, request: int, argument: bytearray, /) -> int:
        """Fill `argument` in place; OSError where the driver refuses."""
        ...


def system_ioctl(descriptor: int, request: int, argument: bytearray, /) -> int:
    """The kernel's answer; Unix only, like this module's callers."""
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
    """What a device says of itself."""

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
def _opened(path: Path) -> Iterator[int]:
    descriptor = os.open(path, os.O_RDWR | os.O_NONBLOCK)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def query(path: Path, ioctl: Ioctl = system_ioctl) -> VideoDevice:
    """Who is there.

    Raises:
        OSError: No such device, no permission, or no video device.
    """
    answer = bytearray(104)
    with _opened(path) as descriptor:
        ioctl(descriptor, _QUERYCAP, answer)
    driver, card = (_text(part) for part in struct.unpack_from("16s32s", answer))
    capabilities, device_caps = struct.unpack_from("II", answer, 84)
    caps = device_caps if capabilities & _CAP_DEVICE_CAPS else capabilities
    return VideoDevice(path, driver, card, bool(caps & _CAP_VIDEO_CAPTURE), bool(caps & _CAP_VIDEO_OUTPUT))


def formats(path: Path, ioctl: Ioctl = system_ioctl) -> tuple[PictureFormat, ...]:
    """Everything the device can capture; empty where it cannot be asked."""
    try:
        with _opened(path) as descriptor:
            return tuple(_formats(descriptor, ioctl))
    except OSError:
        return ()


def _formats(descriptor: int, ioctl: Ioctl) -> Iterator[PictureFormat]:
    for index in range(_MOST):
        answer = bytearray(64)
        struct.pack_into("II", answer, 0, index, _BUF_TYPE_CAPTURE)
        if not _answered(ioctl, descriptor, _ENUM_FMT, answer):
            return
        (code,) = struct.unpack_from("4s", answer, 44)
        for size_wh in _sizes(descriptor, ioctl, code):
            yield PictureFormat(_text(code), size_wh, _highest_rate_hz(descriptor, ioctl, code, size_wh))


def _sizes(descriptor: int, ioctl: Ioctl, code: bytes) -> Iterator[tuple[int, int]]:
    for index in range(_MOST):
        answer = bytearray(44)
        struct.pack_into("I4s", answer, 0, index, code)
        if not _answered(ioctl, descriptor, _ENUM_FRAMESIZES, answer):
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
        if not _answered(ioctl, descriptor, _ENUM_FRAMEINTERVALS, answer):
            break
        kind, numerator, denominator = struct.unpack_from("3I", answer, 16)
        best_hz = max(best_hz, denominator / numerator if numerator else 0.0)
        if kind != _DISCRETE:
            break
    return best_hz


def output_size_wh(path: Path, ioctl: Ioctl = system_ioctl) -> tuple[int, int]:
    """The size of the pictures that go through a virtual camera at present.

    While a producer has it, v4l2loopback 0.13 and newer shows everybody else the capturing side only.

    Raises:
        OSError: It takes none.
    """
    answer = bytearray(_FORMAT_SIZE)
    with _opened(path) as descriptor:
        struct.pack_into("I", answer, 0, _BUF_TYPE_OUTPUT)
        if not _answered(ioctl, descriptor, _G_FMT, answer):
            struct.pack_into("I", answer, 0, _BUF_TYPE_CAPTURE)
            ioctl(descriptor, _G_FMT, answer)
    width, height = struct.unpack_from("II", answer, 8 if _POINTER == 8 else 4)
    return width, height


def free_output(path: Path, ioctl: Ioctl = system_ioctl) -> None:
    """Make v4l2loopback take a producer again.

    With exclusive_caps=1, versions 0.12.5 to 0.13.1 give the output side back only when its opener had called STREAMON.
    pyvirtualcam writes without it, so that its second start fails until the module is loaded anew (v4l2loopback issue
    442, pyvirtualcam issue 61). Opening, STREAMON and closing marks this opener as the writer and frees the device,
    even though the call itself is refused; other drivers and versions refuse it too, which changes nothing.

    Raises:
        OSError: The device does not open.
    """
    with _opened(path) as descriptor:
        _answered(ioctl, descriptor, _STREAMON, bytearray(struct.pack("i", _BUF_TYPE_OUTPUT)))


def _answered(ioctl: Ioctl, descriptor: int, request: int, argument: bytearray) -> bool:
    try:
        ioctl(descriptor, request, argument)
    except OSError:
        return False
    return True


def _text(raw: bytes) -> str:
    return raw.split(b"\0")[0].decode("utf-8", "replace").strip()
