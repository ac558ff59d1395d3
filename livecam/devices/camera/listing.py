"""List cameras by name."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2

from livecam.devices.camera.v4l2 import PictureFormat, VideoDevice, list_formats, query

BACKENDS = {"linux": cv2.CAP_V4L2, "darwin": cv2.CAP_AVFOUNDATION, "win32": cv2.CAP_DSHOW}
BACKEND = BACKENDS.get(sys.platform, cv2.CAP_ANY)
_SYS = Path("/sys/class/video4linux")
_PROBED = 8


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera and where to find it.

    Attributes:
        index: Value of `--camera`.
        name: Name by its maker.
        path: The device file, on Linux.
        formats: Its formats, as far as the system reports them without opening the stream.
    """

    index: int
    name: str
    path: Path | None = None
    formats: tuple[PictureFormat, ...] = ()


def list_cameras() -> tuple[Camera, ...]:
    """Return every camera of this machine, lowest index first.

    Virtual outputs and metadata nodes are not listed.
    """
    if sys.platform == "linux":
        return list_linux_cameras()
    return probe_cameras()


def list_linux_cameras(
    sys_folder: Path = _SYS,
    *,
    ask: Callable[[Path], VideoDevice] = query,
    ask_formats: Callable[[Path], tuple[PictureFormat, ...]] = list_formats,
) -> tuple[Camera, ...]:
    """Return cameras by /sys.

    A device that may not be opened is listed with its name only.
    """
    found = []
    for index, path in list_video_nodes(sys_folder):
        name = (sys_folder / path.name / "name").read_text().strip()
        try:
            device = ask(path)
        except OSError:
            found.append(Camera(index, name, path))
            continue
        if device.captures and not device.loopback:
            found.append(Camera(index, name, path, ask_formats(path)))
    return tuple(found)


def list_video_nodes(sys_folder: Path = _SYS) -> list[tuple[int, Path]]:
    """Return number and device file of every video node."""
    numbers = (folder.name.removeprefix("video") for folder in sys_folder.glob("video*"))
    return [(number, Path(f"/dev/video{number}")) for number in sorted(int(n) for n in numbers if n.isdigit())]


def list_loopbacks(sys_folder: Path = _SYS, *, ask: Callable[[Path], VideoDevice] = query) -> tuple[VideoDevice, ...]:
    """Return the virtual cameras of v4l2loopback, those called livecam first."""
    found = []
    for _, path in list_video_nodes(sys_folder):
        try:
            device = ask(path)
        except OSError:
            continue
        if device.loopback:
            found.append(device)
    return tuple(sorted(found, key=lambda device: "livecam" not in device.card.lower()))


def probe_cameras(opens: Callable[[int], bool] | None = None) -> tuple[Camera, ...]:
    """Return cameras where the system has no list.

    They are those with an index that opens, up to the first gap.
    """
    opens = opens or _opens
    found = []
    for index in range(_PROBED):
        if not opens(index):
            break
        found.append(Camera(index, f"camera {index}"))
    return tuple(found)


def _opens(index: int) -> bool:
    capture = cv2.VideoCapture(index, BACKEND)
    try:
        return capture.isOpened()
    finally:
        capture.release()
