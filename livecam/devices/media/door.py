"""Open any file that a user names, and decode it in a box.

It may be a clip, a sound, a picture or its tags.

A file is opened here and handed over open; the box opens nothing. Where a box dies or hangs, the error says so.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from livecam.box.process import BOXED
from livecam.core.errors import CameraError, SoundError
from livecam.core.frame import Pixels
from livecam.devices.media.box_client import BoxClient

if TYPE_CHECKING:
    from livecam.devices.media.memory import SharedPictures

_SLOTS: Final = 3
_PIECES_AHEAD: Final = 2
_MOST_SIDE: Final = 65_536
_MOST_PIXELS: Final = 400_000_000
_SOUND_HINT: Final = "give a file that plays, for example a WAV of one person speaking"
_PLAYER: Final = "try the file in a player"


class Clip:
    """A video file as a reel, decoded ahead of time in a box.

    See `livecam.devices.media.clip`.

    Attributes:
        size_wh: Width and height of every picture.
        rate_hz: Pictures per second, on average.
        begin_ns: The time of the first picture in the file.
        has_sound: Whether there is a sound track too.
    """

    def __init__(self, path: Path, *, size_wh: tuple[int, int] | None = None) -> None:
        """Open it and decode its first picture.

        Raises:
            CameraError: No such file, no video in it, or none that can be decoded.
        """
        self._asked = BoxClient(path, CameraError, _PLAYER)
        self._memory: SharedPictures | None = None
        self._data: bytearray | None = None
        try:
            said, _ = self._asked.begin("clip", size=size_wh)
            self.size_wh, self.rate_hz = self._check_sizes(said)
            self.begin_ns, self.has_sound = int(said.get("begin", 0)), bool(said.get("sound"))
            if BOXED:
                self._memory = _shared(self.size_wh)
                self._asked.call({"do": "memory", "slots": _SLOTS}, (self._memory.file,))
        except BaseException:
            self.close()
            raise
        self._free = list(range(_SLOTS))
        self._coming: deque[int] = deque()
        self._current: int | None = None
        self._last_ns = -1
        self._ended = False

    def _check_sizes(self, said: dict[str, Any]) -> tuple[tuple[int, int], float]:
        size, rate = said.get("size"), said.get("rate")
        if (
            not isinstance(size, list)
            or len(size) != 2
            or not all(isinstance(side, int) and 0 < side <= _MOST_SIDE for side in size)
            or size[0] * size[1] > _MOST_PIXELS
            or not isinstance(rate, (int, float))
            or not 0.01 <= rate <= 1000
        ):
            raise self._asked.reject_answer()
        return (size[0], size[1]), float(rate)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._asked.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed or lost until now, one line each."""
        return self._asked.remarks

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Step to the next picture; nanoseconds since the first, None at the end.

        Args:
            wanted_ns: Pictures before this time may be left out.

        Raises:
            CameraError: This picture cannot be decoded.
        """
        if self._current is not None:
            self._free.append(self._current)
            self._current = None
        if self._ended:
            return None
        while self._free:
            slot = self._free.pop(0)
            self._asked.ask({"do": "next", "slot": slot, "wanted": wanted_ns})
            self._coming.append(slot)
        slot = self._coming.popleft()
        try:
            said, self._data = self._asked.answer()
        except CameraError:
            self._free.append(slot)
            raise
        at_ns = said.get("at")
        if at_ns is None:
            self._free.append(slot)
            self._ended = True
            return None
        if not isinstance(at_ns, int) or at_ns <= self._last_ns:
            raise self._asked.reject_answer()
        self._current, self._last_ns = slot, at_ns
        return at_ns

    def retrieve(self) -> Pixels:
        """Return the picture last grabbed, upright, (h, w, 3) uint8 BGR, newly allocated."""
        if self._current is None or self._data is None:
            raise CameraError("no picture was grabbed before it was asked for", advice="grab first")
        if self._memory is not None:
            return self._memory.copy(self._current)
        width, height = self.size_wh
        if len(self._data) != width * height * 3:
            raise self._asked.reject_answer()
        return np.frombuffer(self._data, np.uint8).reshape(height, width, 3)

    def rewind(self) -> None:
        """Go back to before the first picture.

        Raises:
            CameraError: The file cannot be read again.
        """
        while self._coming:
            self._free.append(self._coming.popleft())
            self._asked.answer()
        self._asked.call({"do": "rewind"})
        self._ended, self._last_ns = False, -1

    def close(self) -> None:
        """Let go of the file; a reel that is closed has ended; may be called twice."""
        self._ended = True
        self._asked.close()
        if self._memory is not None:
            self._memory.close()


def _shared(size_wh: tuple[int, int]) -> "SharedPictures":
    """Memory for pictures, only where another process can be handed it.

    Elsewhere they come with the answers.
    """
    from livecam.devices.media.memory import SharedPictures

    return SharedPictures(_SLOTS, size_wh)


class Sound:
    """The sound of a file, decoded ahead of time in a box.

    See `livecam.devices.media.sound`.

    Attributes:
        begin_ns: The first sample's time in the file.
        length_s: How long the file says that it is; 0 where it does not.
    """

    def __init__(self, path: Path) -> None:
        """Open it.

        Raises:
            SoundError: No such file, or no sound in it that can be decoded.
        """
        self._asked = BoxClient(path, SoundError, _SOUND_HINT)
        try:
            said, _ = self._asked.begin("sound")
            begin, length = said.get("begin"), said.get("length")
            if not isinstance(begin, int) or not isinstance(length, (int, float)):
                raise self._asked.reject_answer()
        except BaseException:
            self.close()
            raise
        self.begin_ns, self.length_s = begin, float(length)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._asked.name

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed or lost until now, one line each."""
        return self._asked.remarks

    def pieces(self) -> Iterator[NDArray[np.float32]]:
        """Yield the sound in pieces (n,) of at most a second at 48 kHz.

        As loud as in the file; once only.

        Raises:
            SoundError: Its decoder ended.
        """
        for _ in range(_PIECES_AHEAD):
            self._asked.ask({"do": "piece"})
        while True:
            said, data = self._asked.answer()
            if said.get("end"):
                return
            if not data or len(data) % 4:
                raise self._asked.reject_answer()
            self._asked.ask({"do": "piece"})
            yield np.frombuffer(data, "<f4")

    def close(self) -> None:
        """Let go of the file; may be called twice."""
        self._asked.close()


def read_still(path: Path, hint: str) -> Pixels:
    """Return a single picture, (h, w, 3) uint8 BGR.

    Args:
        path: A PNG, JPEG, WebP, BMP or TIFF, whatever its name.
        hint: What helps when it is none.

    Raises:
        CameraError: It cannot be read or decoded.
    """
    with closing(BoxClient(path, CameraError, hint, str(path))) as asked:
        said, data = asked.begin("still", hint=hint)
        size = said.get("size")
        if not isinstance(size, list) or len(size) != 2 or len(data) != size[0] * size[1] * 3 or not data:
            raise asked.reject_answer()
    return np.frombuffer(data, np.uint8).reshape(size[1], size[0], 3)


def read_tags(path: Path) -> dict[str, str]:
    """Return the tags of a file and of its streams by name.

    None where it cannot be read.
    """
    try:
        with closing(BoxClient(path, CameraError, _PLAYER)) as asked:
            tags = asked.begin("tags")[0].get("tags")
    except CameraError:
        return {}
    return {str(name): str(value) for name, value in tags.items()} if isinstance(tags, dict) else {}
