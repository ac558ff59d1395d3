"""Open a media file for reading.

It must be a plain file of a supported kind; nothing else that it names is opened.
"""

from functools import cache
from typing import Any, BinaryIO, Final

import av
from av.container import InputContainer

from livecam.core.errors import DeviceError
from livecam.devices.media.kinds import (
    CONTAINERS,
    HEAD_BYTES,
    PICTURE,
    READABLE,
    SOUND_CODECS,
    VIDEO_CODECS,
    detect_kind,
    explain_refusal,
)

MOST_PIXELS: Final = 50_000_000
"""Largest number of pixels that a decoded picture may declare."""
_MOST_STREAMS: Final = 64


class Unreadable(DeviceError):
    """A file of a kind that is not read, or damaged beyond reading."""


class _Bytes:
    """A file without its name, so that FFmpeg can open nothing by a name.

    FFmpeg learns nothing from a name, and opens nothing by one.
    """

    def __init__(self, file: BinaryIO) -> None:
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


def open_container(file: BinaryIO, name: str) -> InputContainer:
    """Open a media file by its content.

    Args:
        file: The open file; it is read from its beginning, and left open when the container is closed.
        name: What a person calls it, for messages.

    Raises:
        Unreadable: Not a kind that is read, or a damaged header.
        OSError: The file cannot be read.
    """
    file.seek(0)
    head = file.read(HEAD_BYTES)
    kind = detect_kind(head)
    if kind is None or kind == PICTURE:
        raise Unreadable(f"{name} cannot be opened: {_what(head, kind)}", advice=f"use one of {READABLE}")
    file.seek(0)
    options = {
        "format_whitelist": ",".join(sorted(_names(kind))),
        "codec_whitelist": ",".join(sorted(VIDEO_CODECS | SOUND_CODECS)),
        "protocol_whitelist": "none",
        "max_streams": str(_MOST_STREAMS),
        "max_pixels": str(MOST_PIXELS),
    }
    given: dict[str, Any] = {"metadata_errors": "replace"} if _metadata_is_strict() else {}
    try:
        container: InputContainer = av.open(_Bytes(file), "r", format=kind, options=options, **given)
        return container
    except av.FFmpegError as error:
        raise Unreadable(f"{name} cannot be opened: {error.strerror}", advice="try the file in a player") from error
    except ValueError as error:
        raise Unreadable(f"{name} cannot be opened: {error}", advice="try the file in a player") from error


def _what(head: bytes, kind: str | None) -> str:
    if not head:
        return "it is empty"
    if (refused := explain_refusal(head)) is not None:
        return f"it is {refused}, which is not read"
    return "it is a single picture" if kind == PICTURE else "it is no picture, video or sound file that is read"


def _names(kind: str) -> frozenset[str]:
    """Return the demuxer's names, as FFmpeg compares them."""
    assert kind in CONTAINERS
    return frozenset((kind, av.ContainerFormat(kind, "r").name))


@cache
def _metadata_is_strict() -> bool:
    """Whether this PyAV refuses broken metadata by default.

    Versions up to 18 have an option for it.
    """
    return int(av.__version__.split(".")[0]) < 19
