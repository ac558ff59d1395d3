"""Choose the track of a media file, and name what is not read."""

from typing import Final

from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from livecam.devices.media.kinds import VIDEO_CODECS

_PLAY: Final = "try the file in a player"
_CONVERT: Final = "convert it to H.264 in an MP4 first"


def moving_tracks(container: InputContainer) -> list[VideoStream]:
    """Return the tracks that can be shown, the one that players show first.

    A cover picture is none.
    """
    found = [stream for stream in container.streams.video if _is_moving(stream)]
    best = container.streams.best("video")
    return sorted(found, key=lambda stream: best is None or stream.index != best.index)


def describe_unread(container: InputContainer, name: str) -> tuple[str, str]:
    """Return why no video track of a file is read, and what helps."""
    covers = [stream for stream in container.streams.video if stream.disposition & Disposition.attached_pic]
    if covers:
        return f"{name} has a cover picture, but no video", "use a clip, or the cover as a picture of its own"
    kinds = dict.fromkeys(kind for kind in map(_kind_of, container.streams.video) if kind is not None)
    if kinds:
        return f"the video in {name} is of the kind {', '.join(kinds)}, which is not read", _CONVERT
    return f"there is no video in {name} that can be decoded", _PLAY


def _kind_of(stream: VideoStream) -> str | None:
    """Return the name of a stream's codec; None where it is unknown."""
    # A stream in an unknown codec has no context, whatever the types say.
    codec = getattr(stream, "codec_context", None)
    return None if codec is None else str(codec.name)


def _is_moving(stream: VideoStream) -> bool:
    return _kind_of(stream) in VIDEO_CODECS and not stream.disposition & Disposition.attached_pic
