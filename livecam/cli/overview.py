"""What `livecam` alone says: where to begin, and what this machine has, in one line."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

_VIDEO: Final = Path("/sys/class/video4linux")


def overview() -> str:
    """Three commands and the state of the machine."""
    return (
        "livecam demo                        ten seconds with a built-in camera and face\n"
        "livecam run --persona robin         your camera with a face that belongs to nobody\n"
        "livecam doctor                      what is missing here, and the command that helps\n"
        f"\nhere: {state()}\nall commands: livecam --help"
    )


def state(devices: Path = _VIDEO) -> str:
    """Cameras, virtual cameras and processors, found without opening anything."""
    return ", ".join((*_devices(devices), *_processors()))


def _devices(folder: Path) -> tuple[str, ...]:
    """What Linux lists; a camera may have more than one device file, of which the first counts."""
    if sys.platform != "linux":
        return ()
    try:
        nodes = [path for path in folder.glob("video*") if (path / "index").read_text().strip() == "0"]
        virtual = sum("virtual" in path.resolve().parts for path in nodes)
    except OSError:
        return ("the cameras cannot be listed",)
    return (_counted(len(nodes) - virtual, "camera"), _counted(virtual, "virtual camera"))


def _counted(count: int, what: str) -> str:
    return f"no {what}" if not count else f"{count} {what}{'s' if count > 1 else ''}"


def _processors() -> tuple[str, ...]:
    count = os.cpu_count() or 1
    graphics = ("a graphics card of NVIDIA",) if shutil.which("nvidia-smi") else ()
    if not hasattr(os, "getloadavg"):
        return (_counted(count, "processor"), *graphics)
    load = os.getloadavg()[0]
    busy = "busy" if load > count else "free"
    return (f"{_counted(count, 'processor')} ({busy}: load {load:.1f})", *graphics)
