"""Repair a recording that was cut off during a write.

It removes incomplete parts, so that the rest can be decoded.
"""

import io
import struct
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final

import av
from av.error import FFmpegError

_MOVIES: Final = (".mp4", ".mov")
_MOST_ONCE_BYTES: Final = 1 << 28


def keep_playable_part(path: Path) -> bool:
    """Leave only whole fragments, or the whole pictures of a single one.

    It needs no additional space.

    Returns:
        Whether a picture of the file can be decoded.
    """
    with suppress(OSError, FFmpegError, ValueError, struct.error):
        if path.suffix.lower() in _MOVIES:
            with path.open("r+b") as file:
                _cut_to_whole(path, file)
    return is_playable(path)


def is_playable(path: Path) -> bool:
    """Whether a picture of a file can be decoded."""
    try:
        with av.open(str(path.absolute())) as container:
            return next(container.decode(video=0), None) is not None
    except (FFmpegError, OSError, IndexError, ValueError):
        return False


def _cut_to_whole(path: Path, file: IO[bytes]) -> None:
    length = file.seek(0, io.SEEK_END)
    whole_end = 0
    for kind, end in _boxes(file, length):
        if end > length:
            break
        whole_end = end if kind == b"mdat" else whole_end
    else:
        return
    if whole_end:
        file.truncate(whole_end)
    elif length <= _MOST_ONCE_BYTES:
        file.seek(0)
        rest = _whole_pictures(file.read(), path.suffix.lower().removeprefix("."))
        file.seek(0)
        file.truncate()
        file.write(rest)


def _boxes(file: IO[bytes], length: int) -> Iterator[tuple[bytes, int]]:
    """Yield kind and end of every top-level box of a movie.

    The last one may end beyond the file.
    """
    begin = 0
    while begin + 8 <= length:
        file.seek(begin)
        size, kind = struct.unpack(">I4s", file.read(8))
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8))
        if size < 8:
            return
        begin += size
        yield kind, begin


def _whole_pictures(data: bytes, form: str) -> bytes:
    """Return the same movie without its incomplete packets."""
    made = io.BytesIO()
    with (
        av.open(io.BytesIO(data), "r") as source,
        av.open(made, "w", format=form, options={"movflags": "use_metadata_tags"}) as target,
    ):
        target.metadata.update(source.metadata)
        streams = {stream.index: target.add_stream_from_template(stream) for stream in source.streams}
        with suppress(FFmpegError):
            for packet in source.demux():
                if packet.dts is None or packet.is_corrupt or (packet.pos or 0) + packet.size > len(data):
                    continue
                packet.stream = streams[packet.stream.index]
                target.mux(packet)
    return made.getvalue()
