"""What a producer asks of v4l2loopback, against drivers that answer as its source says."""

import errno
import os
import struct
from pathlib import Path

import numpy as np
import pytest

from livecam.core.errors import OutputError
from livecam.devices.camera.v4l2 import VideoDevice
from livecam.devices.virtual_camera import loopback, v4l2_output
from livecam.devices.virtual_camera.v4l2_output import SizeHeld, V4l2Output, free_output, read_output_size_wh

G_FMT, S_FMT, STREAMON, S_PARM = 0xC0D05604, 0xC0D05605, 0x40045612, 0xC0CC5616
SIZE_WH = (64, 48)


class Driver:
    """Version 0.12, or 0.15 with `refused`; keeps the size `held_wh` where a reader has the device."""

    def __init__(self, held_wh: tuple[int, int] | None = None, refused: dict[tuple[int, int], int] | None = None):
        self.held_wh, self.refused = held_wh, refused or {}
        self.calls: list[int] = []
        self.rate: tuple[int, ...] = ()

    def __call__(self, descriptor: int, request: int, argument: bytearray, /) -> int:
        kind = struct.unpack_from("I", argument)[0]
        self.calls.append(request)
        if (request, kind) in self.refused:
            number = self.refused[request, kind]
            raise OSError(number, os.strerror(number))
        if request in (S_FMT, G_FMT) and self.held_wh:
            struct.pack_into("II", argument, 8, *self.held_wh)
        if request == S_PARM:
            self.rate = struct.unpack_from("II", argument, 12)
        return 0


@pytest.fixture
def node(tmp_path: Path) -> Path:
    path = tmp_path / "video10"
    path.touch()
    return path


def test_it_agrees_on_a_format_sets_the_rate_and_is_the_writer(node: Path) -> None:
    driver = Driver()
    output = V4l2Output(node, SIZE_WH, 29.97, ioctl=driver)
    assert driver.calls == [S_FMT, S_PARM, STREAMON]
    assert driver.rate == (1000, 29970)
    picture = np.arange(64 * 72, dtype=np.uint8)
    output.send(picture)
    output.close()
    assert node.read_bytes() == picture.tobytes()


def test_a_driver_without_rates_and_without_streamon_will_do(node: Path) -> None:
    refused = {(S_PARM, 2): errno.EINVAL, (STREAMON, 2): errno.EINVAL}
    V4l2Output(node, SIZE_WH, 30.0, ioctl=Driver(refused=refused)).close()


def test_another_size_in_the_answer_is_refused(node: Path) -> None:
    with pytest.raises(SizeHeld) as held:
        V4l2Output(node, SIZE_WH, 30.0, ioctl=Driver(held_wh=(640, 360)))
    assert held.value.size_wh == (640, 360)


def test_a_picture_that_is_taken_in_part_is_an_error(node: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    output = V4l2Output(node, SIZE_WH, 30.0, ioctl=Driver())
    monkeypatch.setattr("os.write", lambda *_: 7)
    with pytest.raises(OSError, match="7 of 4608 bytes"):
        output.send(np.zeros(64 * 72, np.uint8))
    output.close()


def test_the_size_is_read_from_the_capture_side_of_a_busy_device(node: Path) -> None:
    assert read_output_size_wh(node, Driver(held_wh=(640, 360))) == (640, 360)
    assert read_output_size_wh(node, Driver((640, 360), {(G_FMT, 2): errno.EINVAL})) == (640, 360)
    with pytest.raises(OSError, match="Invalid"):
        read_output_size_wh(node, Driver((640, 360), {(G_FMT, 2): errno.EINVAL, (G_FMT, 1): errno.EINVAL}))


def test_a_device_is_freed_by_streamon_and_a_refusal_is_no_error(node: Path) -> None:
    driver = Driver(refused={(STREAMON, 2): errno.EINVAL})
    free_output(node, driver)
    assert driver.calls == [STREAMON]


def described(path: Path, outputs: bool) -> VideoDevice:
    return VideoDevice(path, "v4l2 loopback", "livecam", captures=not outputs, outputs=outputs)


@pytest.fixture
def device(node: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A device no one else writes to, watched by zoom."""
    monkeypatch.setattr(loopback, "is_written", lambda path: False)
    monkeypatch.setattr(loopback, "free_output", lambda path: None)
    monkeypatch.setattr(loopback, "find_holders", lambda path: ["zoom (4711)"])
    monkeypatch.setattr(loopback, "query", lambda path: described(path, outputs=True))
    return node


def refusing(error: Exception):  # type: ignore[no-untyped-def]
    def opened(*_: object) -> V4l2Output:
        raise error

    return opened


@pytest.mark.parametrize(
    ("error", "said", "hint"),
    [
        (SizeHeld((640, 360)), "is held at 640x360 by zoom (4711)", "--size 640x360"),
        (SizeHeld((0, 0)), "was being looked at by zoom (4711)", "run the same command again"),
        (PermissionError(), "may not be opened by this user", "usermod"),
        (OSError(errno.EBUSY, "busy"), "is in use by zoom (4711)", "livecam devices"),
        (OSError(errno.EIO, "Input/output error"), "does not open: Input/output error", "v4l2loopback"),
    ],
)
def test_what_stands_in_the_way_is_said_in_words(
    device: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, said: str, hint: str
) -> None:
    monkeypatch.setattr(loopback, "V4l2Output", refusing(error))
    monkeypatch.setattr("livecam.devices.virtual_camera.setup.is_module_installed", lambda root: True)
    monkeypatch.setattr(loopback, "read_output_size_wh", lambda path: SIZE_WH)
    with pytest.raises(OutputError) as refusal:
        loopback.open_loopback(device, SIZE_WH, 30.0)
    assert said in str(refusal.value)
    assert hint in refusal.value.help_text


def test_a_refusal_at_another_size_names_that_size(device: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "V4l2Output", refusing(OSError(errno.EBUSY, "busy")))
    monkeypatch.setattr(loopback, "read_output_size_wh", lambda path: (1280, 720))
    with pytest.raises(OutputError, match="held at 1280x720"):
        loopback.open_loopback(device, SIZE_WH, 30.0)
    monkeypatch.setattr(loopback, "query", lambda path: described(path, outputs=False))
    with pytest.raises(OutputError, match="in use by zoom"):
        loopback.open_loopback(device, SIZE_WH, 30.0)


def test_a_device_that_another_program_writes_to_is_left_alone(device: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loopback, "is_written", lambda path: True)
    monkeypatch.setattr(loopback, "free_output", refusing(AssertionError("freed under the other's hands")))
    with pytest.raises(OutputError, match=r"already gets pictures by zoom \(4711\)"):
        loopback.open_loopback(device, SIZE_WH, 30.0)


def test_a_device_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"there is no .*video77"):
        loopback.open_loopback(tmp_path / "video77", SIZE_WH, 30.0)


@pytest.mark.parametrize(
    ("reads", "written"),
    [
        ([None], False),
        ([b"x", b"x", None, None], False),
        ([b"x", None, b"x"], True),
        ([b"x"] * 64, True),
    ],
)
def test_only_new_pictures_are_another_producer(
    node: Path, monkeypatch: pytest.MonkeyPatch, reads: list[bytes | None], written: bool
) -> None:
    """A driver keeps the last pictures of a producer that is gone."""
    coming = iter(reads)

    def read(descriptor: int, length: int) -> bytes:
        got = next(coming)
        if got is None:
            raise BlockingIOError
        return got

    monkeypatch.setattr("os.read", read)
    assert v4l2_output.is_written(node, within_s=0.0) is written
