"""Open a media file for reading, the same way with every supported version of PyAV."""

from functools import cache
from pathlib import Path

import av
from av.container import InputContainer


def open_container(path: Path) -> InputContainer:
    """Open a media file; metadata that is not UTF-8 never stops it.

    Raises:
        FFmpegError: No known format, or a damaged header.
        OSError: The file cannot be read.
    """
    if _metadata_is_strict():
        return av.open(str(path), metadata_errors="replace")  # type: ignore[call-overload, no-any-return, unused-ignore]
    return av.open(str(path))


@cache
def _metadata_is_strict() -> bool:
    """Whether this PyAV refuses broken metadata unless told otherwise: up to version 18, which has an option for it."""
    return int(av.__version__.split(".")[0]) < 19
