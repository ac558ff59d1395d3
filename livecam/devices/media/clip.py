"""Read a video file picture by picture, upright, each with its own time."""

from collections.abc import Iterator
from fractions import Fraction
from typing import BinaryIO, Final

from av.codec.context import CodecContext
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from livecam.core.clock import NS_PER_S
from livecam.core.errors import CameraError
from livecam.core.frame import Pixels
from livecam.devices.media.container import MOST_PIXELS, Unreadable, open_container
from livecam.devices.media.fit import fit_pixels
from livecam.devices.media.timeline import Timeline
from livecam.devices.media.tracks import describe_unread, moving_tracks
from livecam.devices.media.upright import find_transfer, is_oblique, to_upright_pixels, usable_pixel_ratio

HINT: Final = "try the file in a player"
_SLOWEST_HZ, _FASTEST_HZ = 0.1, 480.0
_USUAL_HZ: Final = 30.0
_LARGE_PX: Final = 1920 * 1088
_HURRY_NS: Final = NS_PER_S // 10
_PACKETS_TRIED: Final = 600


class ClipReel:
    """A video file as a reel.

    A damaged picture is left out; a truncated file ends with its last whole picture. All pictures have the size of
    the first, or `size_wh`.

    Attributes:
        name: What a person would call it.
        size_wh: Width and height of every picture.
        begin_ns: The time of the first picture in the file.
        has_sound: Whether there is a sound track too.
    """

    def __init__(self, file: BinaryIO, name: str, *, size_wh: tuple[int, int] | None = None) -> None:
        """Take over the open file and decode its first picture.

        Raises:
            CameraError: No video in it, or none that can be decoded.
        """
        self._file, self.name = file, name
        self._noted: dict[str, str] = {}
        self._track = 0
        self._open()
        if not self._find_track():
            self.close()
            raise CameraError(f"no picture of {name} can be decoded", advice=HINT)
        assert self._waiting is not None
        self.begin_ns = _stamp_ns(self._waiting) or 0
        first = self._shown(self._waiting)
        self._own_size_wh = first.shape[1], first.shape[0]
        self.size_wh = size_wh or self._own_size_wh
        if size_wh is None and first.shape[0] * first.shape[1] > _LARGE_PX:
            self._note("large", f"its pictures are {first.shape[1]}x{first.shape[0]}: --size 1280x720 is much faster")

    @property
    def rate_hz(self) -> float:
        """The stream's average rate; 30 where it states none or an impossible one."""
        for rate in (self._stream.average_rate, self._stream.guessed_rate):
            if rate and _SLOWEST_HZ <= rate <= _FASTEST_HZ:
                return float(rate)
        return _USUAL_HZ

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed or lost until now, one line each."""
        wild = {"stamps": f"wild time stamps were replaced ({count})"} if (count := self._timeline.wild) else {}
        return tuple(f"{self.name}: {words}" for words in (self._noted | wild).values())

    def _note(self, key: str, words: str) -> None:
        self._noted.setdefault(key, words)

    def _open(self) -> None:
        try:
            self._container = open_container(self._file, self.name)
        except Unreadable as error:
            self._file.close()
            raise CameraError(str(error), advice=error.help_text) from error
        except OSError as error:
            self._file.close()
            raise CameraError(f"{self.name} cannot be read: {error.strerror}", advice=HINT) from error
        self._tracks = moving_tracks(self._container)
        if not self._tracks:
            why, advice = describe_unread(self._container, self.name)
            self._container.close()
            self._file.close()
            raise CameraError(why, advice=advice)
        self.has_sound = bool(self._container.streams.audio)
        self._begin_track(self._track)

    def _begin_track(self, number: int) -> None:
        self._track, self._stream = number, self._tracks[number]
        codec = self._stream.codec_context
        # A stream may state another size on the way: the container's limits do not reach its decoder.
        codec.options = {"max_pixels": str(MOST_PIXELS)}
        # Frames are decoded by several threads where one is too slow; others would only take the session's processors.
        codec.thread_count = 2 if codec.width * codec.height > _LARGE_PX else 1
        self._codec: CodecContext = codec
        self._frames = self._decoded()
        self._waiting: VideoFrame | None = None
        self._period_ns = round(NS_PER_S / self.rate_hz)
        # A stamp may be early by less than the period: each picture is later than the one before it.
        self._timeline = Timeline(slack_ns=self._period_ns - 1)
        self._last_ns = -self._period_ns

    def _find_track(self) -> bool:
        """Whether a track can be decoded; the first usable one is at its first picture."""
        for number in range(len(self._tracks)):
            if number:
                self._container.close()
                self._track = number
                self._open()
            self._waiting = next(self._frames, None)
            if self._waiting is not None:
                if len(self._tracks) > 1:
                    place = [each.index for each in self._container.streams.video].index(self._stream.index) + 1
                    why = (
                        " is shown: the better one cannot be decoded" if number else f" of {len(self._tracks)} is shown"
                    )
                    self._note("track", f"video track {place}{why}")
                return True
        return False

    def _decoded(self) -> Iterator[VideoFrame]:
        """Yield every picture that can be decoded, up to where the file breaks off."""
        packets, given = self._container.demux(self._stream), 0
        while True:
            try:
                packet = next(packets, None)
            except FFmpegError:
                self._note("end", "it breaks off")
                return
            if packet is None:
                return
            try:
                pictures = packet.decode()
            except (FFmpegError, ValueError):  # the latter where the decoder itself refuses the stream
                self._note("damage", "damaged pictures were left out")
                given += 1
                if given > _PACKETS_TRIED and self._last_ns < 0 and self._waiting is None:
                    return
                continue
            for picture in pictures:
                if isinstance(picture, VideoFrame) and picture.width > 0 and picture.height > 0:
                    yield picture

    def grab(self, wanted_ns: int = 0) -> int | None:
        """Decode the next picture.

        Args:
            wanted_ns: Pictures before this time may be left out.

        Returns:
            Nanoseconds since the first, None at the end.
        """
        while True:
            late = self._last_ns + _HURRY_NS < wanted_ns
            self._codec.skip_frame = "NONREF" if late else "DEFAULT"
            picture = self._waiting or next(self._frames, None)
            if picture is None:
                return None
            self._waiting = next(self._frames, None)
            due_ns = self._last_ns + self._period_ns
            self._last_ns = self._timeline.place(_stamp_ns(picture), _stamp_ns(self._waiting), due_ns)
            self._current = picture
            if self._last_ns + self._period_ns >= wanted_ns or self._waiting is None:
                return self._last_ns
            self._note("late", "it is too much to decode in time: a smaller copy of the clip shows more pictures")

    def retrieve(self) -> Pixels:
        """Return the picture last grabbed, upright, (h, w, 3) uint8 BGR, newly allocated."""
        pixels = self._shown(self._current)
        if (size_wh := (pixels.shape[1], pixels.shape[0])) != self._own_size_wh:
            self._note("size", "the size of its pictures changes on the way: all are fitted into that of the first")
            self._own_size_wh = size_wh
        return fit_pixels(pixels, self.size_wh)

    def _shown(self, picture: VideoFrame) -> Pixels:
        if (transfer := find_transfer(picture)) is not None:
            self._note("hdr", f"it is HDR ({transfer}): brought to the range of an ordinary screen")
        if picture.interlaced_frame:
            self._note("interlaced", "it is interlaced: one field of each picture is shown")
        if is_oblique(picture):
            self._note("turn", "it is turned by another angle than quarter turns: shown at the nearest one")
        stated = _pixel_shape(self._stream)
        shape = usable_pixel_ratio(stated)
        if stated is not None and stated != shape:
            self._note("shape", f"its pixels would be {stated.numerator}:{stated.denominator}: shown as square ones")
        try:
            return to_upright_pixels(picture, shape)
        except (FFmpegError, ValueError) as error:
            raise CameraError(f"a picture in {picture.format.name} cannot be shown: {error}", advice=HINT) from error

    def rewind(self) -> None:
        """Open the file again."""
        self._container.close()
        self._open()

    def close(self) -> None:
        """Close the file; a reel that is closed has ended."""
        self._waiting, self._frames = None, iter(())
        self._container.close()
        self._file.close()


def _pixel_shape(stream: VideoStream) -> Fraction | None:
    shape = stream.sample_aspect_ratio or stream.codec_context.sample_aspect_ratio
    return Fraction(shape.numerator, shape.denominator) if shape and shape.numerator and shape.denominator else None


def _stamp_ns(picture: VideoFrame | None) -> int | None:
    if picture is None or picture.pts is None or picture.time_base is None:
        return None
    return int(picture.pts * picture.time_base * NS_PER_S)
