"""What is asked of the driver and read from its answers, against a driver that answers as linux/videodev2.h says."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from livecam.devices.camera import v4l2
from livecam.devices.camera.listing import Camera, list_linux_cameras, list_loopbacks, probe_cameras
from livecam.devices.camera.v4l2 import PictureFormat, VideoDevice

QUERYCAP, ENUM_FMT = 0x80685600, 0xC0405602
FRAMESIZES, FRAMEINTERVALS = 0xC02C564A, 0xC034564B


class Driver:
    """A webcam with MJPG in two sizes and YUYV in a range of sizes."""

    def __init__(self, driver: bytes = b"uvcvideo", caps: int = 0x04A00001) -> None:
        self.driver, self.caps = driver, caps

    def __call__(self, descriptor: int, request: int, argument: bytearray, /) -> int:
        answers: dict[int, Callable[[bytearray], None]] = {
            QUERYCAP: self.capabilities,
            ENUM_FMT: self.formats,
            FRAMESIZES: self.sizes,
            FRAMEINTERVALS: self.intervals,
        }
        if request not in answers:
            raise OSError(22, "Invalid argument")
        answers[request](argument)
        return 0

    def capabilities(self, answer: bytearray) -> None:
        struct.pack_into("16s32s32sIII", answer, 0, self.driver, b"Desk Cam", b"usb-1", 0x060100, 0x84A00001, self.caps)

    def formats(self, answer: bytearray) -> None:
        index, kind = struct.unpack_from("II", answer)
        if kind != 1 or index > 1:
            raise OSError(22, "Invalid argument")
        struct.pack_into("I32s4s", answer, 8, 0, b"whatever", (b"MJPG", b"YUYV")[index])

    def sizes(self, answer: bytearray) -> None:
        index, code = struct.unpack_from("I4s", answer)
        if code == b"YUYV":
            struct.pack_into("I6I", answer, 8, 3, 48, 640, 16, 32, 480, 16)
        elif index < 2:
            struct.pack_into("III", answer, 8, 1, *((1280, 720), (640, 480))[index])
        else:
            raise OSError(22, "Invalid argument")

    def intervals(self, answer: bytearray) -> None:
        index, code, width = struct.unpack_from("I4sI", answer)
        if code == b"YUYV" or index > 1:
            raise OSError(22, "Invalid argument")
        struct.pack_into("III", answer, 16, 1, 1, (15 if width == 1280 else 30) * (index + 1))


@pytest.fixture
def node(tmp_path: Path) -> Path:
    (tmp_path / "video0").touch()
    return tmp_path / "video0"


def test_a_device_says_what_it_is(node: Path) -> None:
    assert v4l2.query(node, Driver()) == VideoDevice(node, "uvcvideo", "Desk Cam", captures=True, outputs=False)
    assert v4l2.query(node, Driver(b"v4l2 loopback", 0x05200002)) == VideoDevice(
        node, "v4l2 loopback", "Desk Cam", captures=False, outputs=True
    )


def test_formats_are_listed_with_sizes_and_their_highest_rate(node: Path) -> None:
    assert v4l2.list_formats(node, Driver()) == (
        PictureFormat("MJPG", (1280, 720), 30.0),
        PictureFormat("MJPG", (640, 480), 60.0),
        PictureFormat("YUYV", (640, 480), 0.0),
    )


def test_a_file_that_is_no_device_is_an_error(node: Path) -> None:
    with pytest.raises(OSError, match=r"ioctl|Inappropriate"):
        v4l2.query(node)


def video_nodes(folder: Path, names: dict[int, str]) -> Path:
    for number, name in names.items():
        (folder / f"video{number}").mkdir()
        (folder / f"video{number}" / "name").write_text(name + "\n")
    return folder


def test_cameras_are_listed_without_metadata_nodes_and_virtual_outputs(tmp_path: Path) -> None:
    folder = video_nodes(tmp_path, {0: "Desk Cam", 1: "Desk Cam", 2: "livecam", 10: "Locked Cam"})

    def ask(path: Path) -> VideoDevice:
        if path.name == "video10":
            raise PermissionError
        driver = "v4l2 loopback" if path.name == "video2" else "uvcvideo"
        return VideoDevice(path, driver, "", captures=path.name != "video1", outputs=False)

    mjpg = (PictureFormat("MJPG", (1280, 720), 30.0),)
    assert list_linux_cameras(folder, ask=ask, ask_formats=lambda _: mjpg) == (
        Camera(0, "Desk Cam", Path("/dev/video0"), mjpg),
        Camera(10, "Locked Cam", Path("/dev/video10")),
    )


def test_the_loopback_called_livecam_comes_first(tmp_path: Path) -> None:
    folder = video_nodes(tmp_path, {0: "Desk Cam", 8: "OBS", 9: "livecam"})
    cards = {0: ("uvcvideo", "Desk Cam"), 8: ("v4l2 loopback", "OBS"), 9: ("v4l2 loopback", "livecam")}

    def ask(path: Path) -> VideoDevice:
        return VideoDevice(path, *cards[int(path.name.removeprefix("video"))], captures=False, outputs=True)

    assert [device.card for device in list_loopbacks(folder, ask=ask)] == ["livecam", "OBS"]


def test_elsewhere_indices_are_tried_up_to_the_first_gap() -> None:
    assert [camera.index for camera in probe_cameras(lambda index: index in (0, 1, 3))] == [0, 1]
