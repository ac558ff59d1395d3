"""Read a video file picture by picture, upright, each with its own time."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from av.video.frame import VideoFrame

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.container import open_container
from livecam.devices.fit import fit
from livecam.devices.still import MOST_PIXELS

_HINT = "try the file in a player, or use the built-in clip: --camera sample"


class ClipReel:
    """A video file as a reel.

    A picture that is damaged is left out; a file that breaks off ends with its last whole picture. All pictures have
    the size of the first, or `size_wh`.
    """

    def __init__(self, path: Path, *, size_wh: tuple[int, int] | None = None, name: str | None = None) -> None:
        """Open the file and decode its first picture.

        Raises:
            CameraError: No such file, no video in it, or none that can be decoded.
        """
        self._path, self._size_wh = path, size_wh
        self._name = name or path.name
        self._open()
        self._waiting = self._following()
        if self._waiting is None:
            self._container.close()
            raise CameraError(f"no picture of {path} can be decoded", hint=_HINT)
        self._current = self._waiting
        if size_wh is None:
            upright = self._upright(self._waiting)
            self._size_wh = upright.shape[1], upright.shape[0]

    def _open(self) -> None:
        try:
            self._container = open_container(self._path)
        except (FFmpegError, OSError) as error:
            raise CameraError(f"{self._path} cannot be opened: {error.strerror}", hint=_HINT) from error
        # A stream in a codec nobody here knows has no context, whatever the types say.
        known = [stream for stream in self._container.streams.video if getattr(stream, "codec_context", None)]
        if not known:
            self._container.close()
            raise CameraError(f"there is no video in {self._path} that can be decoded", hint=_HINT)
        self._stream = known[0]
        self._stream.codec_context.thread_count = 1
        self._stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
        self._frames = self._decoded()
        self._first_ns: int | None = None
        self._last_ns = -1

    def _decoded(self) -> Iterator[VideoFrame]:
        """Every picture that can be decoded, up to the end or the place where the file breaks off."""
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                return
            if packet is None:
                return
            try:
                pictures = packet.decode()
            except FFmpegError:
                continue
            for picture in pictures:
                assert isinstance(picture, VideoFrame)
                yield picture

    def _following(self) -> VideoFrame | None:
        return next(self._frames, None)

    @property
    def name(self) -> str:
        """The file's name."""
        return self._name

    @property
    def rate_hz(self) -> float:
        """The stream's average rate; 30 where it names none."""
        rate = self._stream.average_rate or self._stream.guessed_rate
        return float(rate) if rate else 30.0

    def grab(self) -> int | None:
        """Decode the next picture; nanoseconds since the first, None at the end."""
        picture = self._waiting or self._following()
        self._waiting = None
        if picture is None:
            return None
        self._current = picture
        period_ns = round(NS_PER_S / self.rate_hz)
        if picture.pts is None or picture.time_base is None:
            self._last_ns = self._last_ns + period_ns if self._last_ns >= 0 else 0
            return self._last_ns
        at_ns = int(picture.pts * picture.time_base * NS_PER_S)
        if self._first_ns is None:
            self._first_ns = at_ns
        at_ns -= self._first_ns
        self._last_ns = at_ns if at_ns > self._last_ns else self._last_ns + period_ns
        return self._last_ns

    def retrieve(self) -> Pixels:
        """The picture last grabbed, upright, (h, w, 3) uint8 BGR, newly allocated."""
        upright = self._upright(self._current)
        return upright if self._size_wh is None else fit(upright, self._size_wh)

    @staticmethod
    def _upright(picture: VideoFrame) -> Pixels:
        try:
            pixels = np.asarray(picture.to_ndarray(format="bgr24"), np.uint8)
        except (FFmpegError, ValueError) as error:
            raise CameraError(f"a picture in {picture.format.name} cannot be shown: {error}", hint=_HINT) from error
        quarter_turns = round(picture.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(pixels, quarter_turns)) if quarter_turns else pixels

    def rewind(self) -> None:
        """Open the file again."""
        self._container.close()
        self._open()
        self._waiting = None

    def close(self) -> None:
        """Close the file; a reel that is closed has ended."""
        self._waiting = None
        self._frames = iter(())
        self._container.close()
