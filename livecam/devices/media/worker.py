"""Answer requests for files inside the box: the decoders."""

import contextlib
import io
import mmap
import os
import wave
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from livecam.box.channel import Message
from livecam.core.errors import LivecamError
from livecam.core.frame import Pixels
from livecam.devices.media.clip import ClipReel
from livecam.devices.media.facts import list_facts
from livecam.devices.media.sound import Sound, SoundReader
from livecam.devices.media.still import decode_photo, decode_still
from livecam.devices.media.tags import list_tags

Answer = tuple[Message, bytes | memoryview]

cv2.setNumThreads(1)
_SAMPLE: Final = Path(str(files("livecam.devices.media"))) / "sample" / "sample.mp4"


class Worker:
    """One file at a time: a clip, a sound, a picture, or the tags of any."""

    def __init__(self) -> None:
        self._clip: ClipReel | None = None
        self._sound: SoundReader | None = None
        self._pieces: Iterator[Sound] = iter(())
        self._memory: mmap.mmap | None = None
        self._slots: list[Pixels] = []
        _use_once()

    def answer(self, request: Message, data: bytearray, handed: list[int]) -> Answer:
        """Do what is asked.

        Raises:
            LivecamError: What the readers raise.
            ValueError: No such request.
        """
        match request["do"]:
            case "clip":
                return self._open_clip(request, handed[0])
            case "memory":
                return self._share(request, handed[0])
            case "next":
                return self._next(request)
            case "rewind":
                self._reel.rewind()
                return {}, b""
            case "sound":
                return self._open_sound(request, handed[0])
            case "piece":
                return self._piece()
            case "tags":
                with os.fdopen(handed[0], "rb") as file:
                    return {"tags": list_tags(file)}, b""
            case "facts":
                with os.fdopen(handed[0], "rb") as file:
                    return list_facts(file, request["name"])
            case "still":
                with os.fdopen(handed[0], "rb") as file:
                    pixels = decode_still(file, request["name"], request["hint"])
                return {"size": [pixels.shape[1], pixels.shape[0]]}, memoryview(pixels).cast("B")
            case "photo":
                pixels = decode_photo(data, request["behind"])
                return {"size": [pixels.shape[1], pixels.shape[0]]}, memoryview(pixels).cast("B")
            case "close":
                self._close()
                return {}, b""
        raise ValueError(f"no request {request['do']}")

    @property
    def _reel(self) -> ClipReel:
        if self._clip is None:
            raise ValueError("no clip is open")
        return self._clip

    def _open_clip(self, request: Message, file: int) -> Answer:
        self._close()
        size = request.get("size")
        size_wh = None if size is None else (size[0], size[1])
        clip = self._clip = ClipReel(os.fdopen(file, "rb"), request["name"], size_wh=size_wh)
        said = {"rate": clip.rate_hz, "size": clip.size_wh, "begin": clip.begin_ns, "sound": clip.has_sound}
        return {**said, "remarks": clip.remarks}, b""

    def _share(self, request: Message, file: int) -> Answer:
        width, height = self._reel.size_wh
        each = width * height * 3
        self._memory = mmap.mmap(file, each * request["slots"])
        os.close(file)
        whole = np.frombuffer(self._memory, np.uint8).reshape(-1, height, width, 3)
        self._slots = list(whole)
        return {}, b""

    def _next(self, request: Message) -> Answer:
        at_ns = self._reel.grab(request["wanted"])
        said: dict[str, Any] = {"at": at_ns, "remarks": self._reel.remarks}
        if at_ns is None:
            return said, b""
        pixels = self._reel.retrieve()
        said["remarks"] = self._reel.remarks
        if not self._slots:
            return said, memoryview(np.ascontiguousarray(pixels)).cast("B")
        self._slots[request["slot"]][:] = pixels
        return said, b""

    def _open_sound(self, request: Message, file: int) -> Answer:
        self._close()
        self._sound = SoundReader(os.fdopen(file, "rb"), request["name"])
        self._pieces = self._sound.pieces()
        return {"begin": self._sound.begin_ns, "length": self._sound.length_s, "remarks": self._sound.remarks}, b""

    def _piece(self) -> Answer:
        if self._sound is None:
            raise ValueError("no sound is open")
        piece = next(self._pieces, None)
        said = {"end": piece is None, "remarks": self._sound.remarks}
        return said, b"" if piece is None else np.ascontiguousarray(piece, "<f4").tobytes()

    def _close(self) -> None:
        if self._clip is not None:
            self._clip.close()
        if self._sound is not None:
            self._sound.close()
        self._clip = self._sound = None
        self._pieces = iter(())
        self._slots = []
        self._memory = None


def _use_once() -> None:
    """Read a sound and a picture of livecam's own.

    Libraries import some of their parts on first use.
    """
    sound = io.BytesIO()
    with wave.open(sound, "wb") as made:
        made.setnchannels(2)
        made.setsampwidth(2)
        made.setframerate(8000)
        made.writeframes(bytes(4000))
    list_tags(sound)
    list(SoundReader(sound, "").pieces())
    with contextlib.suppress(LivecamError):
        SoundReader(io.BytesIO(b"OggS" + bytes(100)), "")
    with contextlib.suppress(LivecamError):
        decode_still(io.BytesIO(b""), "", "")
    if _SAMPLE.is_file():
        reel = ClipReel(_SAMPLE.open("rb"), "", size_wh=(64, 48))
        reel.grab()
        reel.retrieve()
        reel.rewind()
        reel.close()
