"""Limit the memory of a process that loads a file from a stranger.

A few bytes can request any amount.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Final

from livecam.core.clock import NS_PER_MS, SystemClock
from livecam.host.machine import read_memory_mb

GREW: Final = 97
"""Exit code of a process that passed its bound."""
_SPARE_BYTES: Final = 3 * 2**30
_SIZES_OF_ITSELF: Final = 6
_LOOKS_EVERY_NS: Final = 100 * NS_PER_MS
_STATM: Final = Path("/proc/self/statm")


def limit_memory(file_bytes: int) -> None:
    """Bound this process by the size of what it loads; on Linux alone."""
    if sys.platform == "linux":
        import resource

        # What is mapped already counts: libraries reserve address space by the number of cores.
        mapped = int(_STATM.read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
        most = mapped + _SPARE_BYTES + _SIZES_OF_ITSELF * file_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def enter_sandbox() -> tuple[str, ...]:
    """Forbid this process files, network and programs, where the system can.

    Returns:
        The means, by name.
    """
    if sys.platform != "linux":
        return ()
    from livecam.box.linux import forbid_calls, forbid_files

    means = {"landlock": forbid_files(), "seccomp": forbid_calls()}
    return tuple(name for name, done in means.items() if done)


class MemoryWatch:
    """Ends this process at once, with code `GREW`, when it holds too much."""

    def __init__(self) -> None:
        """Open the source of the figure: later no file may be opened."""
        self._resident_mb = _open_resident()

    def begin(self, more_mb: int, end: Callable[[int], object] = os._exit) -> None:
        """Let this process grow by so much from now on."""
        if held_mb := self._resident_mb():
            Thread(target=_watch, args=(self._resident_mb, held_mb + more_mb, end), name="memory", daemon=True).start()


def _watch(resident_mb: Callable[[], float], most_mb: float, end: Callable[[int], object]) -> None:
    clock = SystemClock()
    while resident_mb() <= most_mb:
        clock.sleep_until_ns(clock.now_ns() + _LOOKS_EVERY_NS)
    end(GREW)


def _open_resident() -> Callable[[], float]:
    """Return a function that reads this process's resident memory in MiB.

    The file it reads stays open, because later no file may be opened.
    """
    if sys.platform != "linux":
        return lambda: read_memory_mb().get("now", 0.0)
    file, page_bytes = os.open(_STATM, os.O_RDONLY), os.sysconf("SC_PAGESIZE")
    return lambda: int(os.pread(file, 128, 0).split()[1]) * page_bytes / 2**20
