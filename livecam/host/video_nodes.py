"""Cameras and virtual cameras as Linux lists them, found without opening any."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

VIDEO_FOLDER: Final = Path("/sys/class/video4linux")


@dataclass(frozen=True, slots=True)
class VideoNode:
    """A video device.

    Attributes:
        index: Number of its device file, which `--camera` takes.
        name: What its driver calls it.
        is_virtual: Whether a program fills it, not a camera.
    """

    index: int
    name: str
    is_virtual: bool


def video_nodes(folder: Path = VIDEO_FOLDER) -> tuple[VideoNode, ...]:
    """Return the devices, lowest index first; none on other systems.

    Of a camera with several device files the first one counts.

    Raises:
        OSError: The folder cannot be read.
    """
    if sys.platform != "linux":
        return ()
    nodes = [_node(path) for path in folder.glob("video*") if _first_of_device(path)]
    return tuple(sorted(nodes, key=lambda node: node.index))


def _first_of_device(path: Path) -> bool:
    return path.name.removeprefix("video").isdigit() and (path / "index").read_text().strip() == "0"


def _node(path: Path) -> VideoNode:
    name = path / "name"
    said = name.read_text(errors="replace").strip() if name.is_file() else path.name
    return VideoNode(int(path.name.removeprefix("video")), said, "virtual" in path.resolve().parts)
