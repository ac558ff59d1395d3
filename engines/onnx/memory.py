"""A bound on the memory of a process that loads files of other people's: a few bytes can ask for any amount."""

import sys
from pathlib import Path
from typing import Final

_SPARE_BYTES: Final = 3 * 2**30
_SIZES_OF_ITSELF: Final = 6


def limit_memory(file_bytes: int) -> None:
    """Bound this process by the size of what it loads; on Linux alone."""
    if sys.platform == "linux":
        import resource

        # What is mapped already counts: libraries reserve address space by the number of cores.
        mapped = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) * resource.getpagesize()
        most = mapped + _SPARE_BYTES + _SIZES_OF_ITSELF * file_bytes
        resource.setrlimit(resource.RLIMIT_AS, (most, most))
