"""Probe a media file: kind, length, size, and a thumbnail.

It is decoded in a box with limits.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from livecam.core.errors import CameraError, DeviceError
from livecam.devices.media.box_client import BoxClient

_HINT: Final = "use a picture, a video or a sound that a player opens"
_KINDS: Final = ("still", "video", "sound")


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a file states about itself.

    Attributes:
        kind: "still", "video" or "sound".
        width, height: Pixels; 0 for a sound.
        rate_hz: Pictures per second; 0 for a still or a sound.
        length_s: Stated length; 0 without one.
        has_sound: Whether it has sound.
        thumb: A JPEG of at most 320x180; empty for a sound.
    """

    kind: str
    width: int
    height: int
    rate_hz: float
    length_s: float
    has_sound: bool
    thumb: bytes = b""


def probe(path: Path, name: str) -> MediaFacts:
    """Probe a file; `name` is its name for people.

    Raises:
        CameraError: It is of no kind that is read, or damaged.
    """
    with closing(BoxClient(path, CameraError, _HINT, name)) as asked:
        said, data = asked.begin("facts")
        numbers = [said.get(key) for key in ("width", "height", "rate_hz", "length_s")]
        if said.get("kind") not in _KINDS or not all(isinstance(n, int | float) and 0 <= n < 1e9 for n in numbers):
            raise asked.reject_answer()
        width, height, rate_hz, length_s = (float(n) for n in numbers if n is not None)
        return MediaFacts(
            str(said["kind"]), int(width), int(height), rate_hz, length_s, bool(said.get("has_sound")), bytes(data)
        )


def length_s(path: Path) -> float:
    """Return the stated length of a clip; 0 without one, or where it cannot be read."""
    try:
        return probe(path, path.name).length_s
    except (DeviceError, OSError):
        return 0.0
