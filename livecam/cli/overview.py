"""Greeting of `livecam` alone: three commands and the state of the machine."""

import os
import shutil
import sys
from pathlib import Path
from typing import Final

from livecam.console.help_page import Row, table, terminal_width
from livecam.host.video_nodes import VIDEO_FOLDER, video_nodes

_FIRST_COMMANDS: Final = (
    Row("livecam demo", "record ten seconds with a synthetic face"),
    Row("livecam run --persona robin", "show your camera with a synthetic face"),
    Row("livecam doctor", "check this machine, name what is missing"),
)


def overview(width: int | None = None) -> str:
    """Return three commands and the state of the machine."""
    commands = table(_FIRST_COMMANDS, terminal_width() if width is None else width)
    return (
        f"livecam shows a persona you have the right to use. Try:\n\n{commands}\n\n"
        f"This machine: {state()}\nAll commands: livecam --help"
    )


def state(devices: Path = VIDEO_FOLDER) -> str:
    """Count cameras, virtual cameras and processors without opening any."""
    return ", ".join((*_devices(devices), *_processors()))


def _devices(folder: Path) -> tuple[str, ...]:
    if sys.platform != "linux":
        return ()
    try:
        virtual = [node.is_virtual for node in video_nodes(folder)]
    except OSError:
        return ("cameras cannot be listed",)
    return (_counted(virtual.count(False), "camera"), _counted(virtual.count(True), "virtual camera"))


def _counted(count: int, what: str) -> str:
    return f"no {what}" if not count else f"{count} {what}{'s' if count > 1 else ''}"


def _processors() -> tuple[str, ...]:
    count = os.cpu_count() or 1
    graphics = ("NVIDIA GPU",) if shutil.which("nvidia-smi") else ()
    if not hasattr(os, "getloadavg"):
        return (_counted(count, "processor"), *graphics)
    load = os.getloadavg()[0]
    busy = "busy" if load > count else "idle"
    return (f"{_counted(count, 'processor')} ({busy}, load {load:.1f})", *graphics)
