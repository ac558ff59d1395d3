"""What a media file says about itself and a small picture of it.

Runs inside the box.
"""

from typing import BinaryIO, Final

import av
import cv2
from av.container import InputContainer

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.media.clip import ClipReel
from livecam.devices.media.container import open_container
from livecam.devices.media.kinds import HEAD_BYTES, PICTURE, detect_kind
from livecam.devices.media.still import decode_still

_THUMB_WH: Final = (320, 180)
_SHOWN_S: Final = 3.5
_MOST_READ: Final = 150
_HINT: Final = "use a picture, a video or a sound that a player opens"


def list_facts(file: BinaryIO, name: str) -> tuple[dict[str, object], bytes]:
    """Read the header and the first picture.

    Returns:
        kind ("still", "video" or "sound"), width, height, rate_hz, length_s, has_sound; and a JPEG, empty for a sound.

    Raises:
        DeviceError: It is of no kind that is read, or damaged.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if detect_kind(head) == PICTURE:
        pixels = decode_still(file, name, _HINT)
        return _facts("still", pixels), _thumb(pixels)
    container = open_container(file, name)
    length_s, has_sound = _length_s(container), bool(container.streams.audio)
    has_video = bool(container.streams.video)
    container.close()
    if not has_video:
        if not has_sound:
            raise CameraError(f"there is neither a picture nor a sound in {name}", advice=_HINT)
        return {**_facts("sound", None), "length_s": length_s, "has_sound": True}, b""
    reel = ClipReel(file, name)
    try:
        reel.grab()
        pixels = reel.retrieve()
        facts = {"rate_hz": reel.rate_hz, "length_s": length_s, "has_sound": has_sound}
        return {**_facts("video", pixels), **facts}, _thumb(_later_picture(reel, pixels, length_s))
    finally:
        reel.close()


def _later_picture(reel: ClipReel, first: Pixels, length_s: float) -> Pixels:
    """Return a picture of the middle, at the latest of the fourth second.

    The first one of a recording of livecam is a card.
    """
    wanted_ns = round(min(length_s / 2, _SHOWN_S) * NS_PER_S)
    try:
        for _ in range(_MOST_READ):
            at_ns = reel.grab(wanted_ns)
            if at_ns is None:
                return first
            if at_ns >= wanted_ns:
                return reel.retrieve()
    except CameraError:  # what is damaged there has a first picture all the same
        return first
    return first


def _facts(kind: str, pixels: Pixels | None) -> dict[str, object]:
    height, width = (0, 0) if pixels is None else pixels.shape[:2]
    return {"kind": kind, "width": width, "height": height, "rate_hz": 0.0, "length_s": 0.0, "has_sound": False}


def _length_s(container: InputContainer) -> float:
    return 0.0 if container.duration is None else max(container.duration / av.time_base, 0.0)


def _thumb(pixels: Pixels) -> bytes:
    height, width = pixels.shape[:2]
    scale = min(_THUMB_WH[0] / width, _THUMB_WH[1] / height, 1.0)
    size_wh = max(round(width * scale), 1), max(round(height * scale), 1)
    done, jpeg = cv2.imencode(".jpg", cv2.resize(pixels, size_wh, interpolation=cv2.INTER_AREA))
    return jpeg.tobytes() if done else b""
