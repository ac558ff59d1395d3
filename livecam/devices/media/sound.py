"""Read the sound of any file, piece by piece, each sample at its own time.

The output is one channel at 48 kHz.
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler
from av.audio.stream import AudioStream
from av.error import FFmpegError
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.errors import SoundError
from livecam.devices.media.container import Unreadable, open_container
from livecam.devices.media.kinds import SOUND_CODECS
from livecam.devices.media.mix import Mixer
from livecam.devices.media.timeline import Timeline

Sound = NDArray[np.float32]

RATE_HZ: Final = 48_000
LOWEST_RATE_HZ, HIGHEST_RATE_HZ = 4_000, 768_000
HINT: Final = "give a file that plays, for example a WAV of one person speaking"
_MOST_CHANNELS: Final = 64
_JOINED_NS: Final = 30 * NS_PER_MS
_OVERLAP_NS: Final = NS_PER_S
_PACKETS_TRIED: Final = 2000
_PIECE: Final = RATE_HZ
_LOUDEST: Final = 1e6
_BARE: Final = frozenset(("aac", "amr", "mp3"))


class SoundReader:
    """The first sound track of a file that can be decoded.

    A part that cannot be decoded becomes silence. Pauses in the file's time are kept as silence.

    Attributes:
        name: The file's name.
        begin_ns: The first sample's time in the file.
        length_s: How long the file says that it is; 0 where it does not.
    """

    def __init__(self, file: BinaryIO, name: str) -> None:
        """Take over the open file and find a track.

        Raises:
            SoundError: Not a file with sound, or no track can be decoded.
        """
        self._file, self.name = file, name
        self._noted: dict[str, str] = {}
        self._frames: Iterator[AudioFrame] = iter(())
        self._open()
        tracks = len(self._container.streams.audio)
        if not tracks:
            self.close()
            raise SoundError(f"there is no sound in {name}", advice=HINT)
        first = next((found for found in map(self._first_of, range(tracks)) if found is not None), None)
        if first is None:
            self.close()
            raise SoundError(f"no sound in {name} can be decoded", advice=HINT)
        self._first: AudioFrame | None = first
        self.begin_ns = _stamp_ns(first) or 0
        length = self._container.duration
        self.length_s = length / 1e6 if length and length > 0 else 0.0

    def _open(self) -> None:
        try:
            self._container = open_container(self._file, self.name)
        except Unreadable as error:
            self._file.close()
            raise SoundError(str(error).replace("opened", "read"), **error.remedy) from error
        except OSError as error:
            self._file.close()
            raise SoundError(f"{self.name} cannot be read: {error.strerror}", advice=HINT) from error

    def _first_of(self, number: int) -> AudioFrame | None:
        """Return the first frame of a track that can be decoded.

        The others follow in `_frames`.
        """
        if number:
            self._container.close()
            self._open()
        stream = self._container.streams.audio[number]
        codec = getattr(stream, "codec_context", None)
        # A stream in an unknown codec has no context.
        if codec is None or codec.name not in SOUND_CODECS:
            return None
        self._damaged = 0
        self._frames = self._decoded(stream)
        first = next(self._frames, None)
        if first is not None and number:
            self._noted["track"] = f"sound track {number + 1} is taken: none before it can be decoded"
        elif (tracks := len(self._container.streams.audio)) > 1:
            self._noted["track"] = f"sound track 1 of {tracks} is taken"
        return first

    def _decoded(self, stream: AudioStream) -> Iterator[AudioFrame]:
        packets, found = self._container.demux(stream), False
        while found or self._damaged < _PACKETS_TRIED:
            try:
                packet = next(packets, None)
            except FFmpegError:
                self._noted["end"] = "it breaks off"
                return
            if packet is None:
                return
            try:
                frames = packet.decode()
            except (FFmpegError, ValueError):  # a codec that cannot be opened, by what the file says of it
                self._damaged += 1
                continue
            for frame in frames:
                if isinstance(frame, AudioFrame) and _plausible(frame):
                    found = True
                    yield frame

    @property
    def remarks(self) -> tuple[str, ...]:
        """What was changed or lost until now, one line each."""
        noted = dict(self._noted)
        if self._damaged:
            noted["damage"] = f"{self._damaged} damaged pieces of its sound are silent"
        return tuple(f"{self.name}: {words}" for words in noted.values())

    def pieces(self) -> Iterator[Sound]:
        """Yield the sound in pieces (n,) of at most a second, float32.

        It has the level of the file, and can be read once.
        """
        waiting: list[Sound] = []
        count = 0
        for part in self._parts():
            waiting.append(part)
            count += len(part)
            if count >= _PIECE:
                joined = np.concatenate(waiting)
                whole = count // _PIECE * _PIECE
                yield from np.split(joined[:whole], whole // _PIECE)
                waiting, count = [joined[whole:]], count - whole
        if count:
            yield np.concatenate(waiting)

    def _parts(self) -> Iterator[Sound]:
        """Yield what the frames hold, with silence where the file has a pause."""
        line = _Line(self._noted, self._container.format.name in _BARE)
        frame, self._first = self._first, None
        while frame is not None:
            following = next(self._frames, None)
            yield from line.add(frame, following)
            frame = following
        yield from line.rest()
        if line.wild:
            self._noted["stamps"] = f"wild time stamps in its sound were replaced ({line.wild})"
        if line.opposed:
            self._noted["opposed"] = "its channels are of opposite sign: one is turned over, or they would cancel"

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._frames = iter(())
        self._container.close()
        self._file.close()


class _Line:
    """Joins frames of any rate and layout into one channel at 48 kHz."""

    def __init__(self, noted: dict[str, str], bare: bool) -> None:
        """Set whether the file has no time stamps (`bare`).

        FFmpeg's substitutes are then counted by the first rate.
        """
        self._noted, self._bare, self._stamped = noted, bare, True
        self._timeline = Timeline(slack_ns=_OVERLAP_NS)
        self._mixer = Mixer(RATE_HZ)
        self._form: tuple[int, str, str] | None = None
        self._resampler: AudioResampler | None = None
        self._due_ns = self._made = 0

    @property
    def wild(self) -> int:
        """How many time stamps were replaced."""
        return self._timeline.wild

    @property
    def opposed(self) -> bool:
        """Whether channels with opposite sign were found."""
        return self._mixer.opposed

    def add(self, frame: AudioFrame, following: AudioFrame | None) -> Iterator[Sound]:
        """Add a frame; yield what is ready of it, after the silence before it."""
        takes_ns = frame.samples * NS_PER_S // frame.sample_rate
        next_ns = None if following is None or (stamp := _stamp_ns(following)) is None else stamp - takes_ns
        form = frame.sample_rate, frame.layout.name, frame.format.name
        if self._bare and self._form is not None and form[0] != self._form[0]:
            self._stamped = False
        at_ns = self._timeline.place(_stamp_ns(frame) if self._stamped else None, next_ns, self._due_ns)
        if self._due_ns - at_ns > _JOINED_NS:
            # What would be heard twice is left out.
            return
        paused = at_ns - self._due_ns > _JOINED_NS
        if paused or form != self._form:
            yield from self.rest()
            if self._form is not None and form != self._form:
                self._noted["form"] = "its rate or channels change on the way"
            self._form, self._resampler = form, AudioResampler("flt", frame.layout.name, RATE_HZ)
        if paused:
            yield from self._silence(at_ns * RATE_HZ // NS_PER_S - self._made)
            self._due_ns = at_ns
        self._due_ns += takes_ns
        yield from self._resampled(frame)

    def rest(self) -> Iterator[Sound]:
        """Yield what the resampler still holds."""
        if self._resampler is not None:
            yield from self._resampled(None)
            self._resampler = None

    def _resampled(self, frame: AudioFrame | None) -> Iterator[Sound]:
        assert self._resampler is not None
        if frame is not None:
            # A resampler refuses a frame that does not begin where the last one ended.
            frame.pts = None
        try:
            made = self._resampler.resample(frame)
        except (FFmpegError, ValueError):
            self._noted["form"] = "some of its sound cannot be converted and is silent"
            return
        for part in made:
            # Packed: planes are not read beyond the seventh.
            channels = np.asarray(part.to_ndarray(), np.float32).reshape(-1, part.layout.nb_channels).T
            whole = np.clip(np.nan_to_num(channels), -_LOUDEST, _LOUDEST)
            mixed = self._mixer.mix(whole)
            self._made += len(mixed)
            yield mixed

    def _silence(self, count: int) -> Iterator[Sound]:
        while count > 0:
            part = np.zeros(min(count, _PIECE), np.float32)
            self._made += len(part)
            count -= len(part)
            yield part


def _plausible(frame: AudioFrame) -> bool:
    return (
        frame.samples > 0
        and LOWEST_RATE_HZ <= frame.sample_rate <= HIGHEST_RATE_HZ
        and 0 < frame.layout.nb_channels <= _MOST_CHANNELS
    )


def _stamp_ns(frame: AudioFrame) -> int | None:
    if frame.pts is None or frame.time_base is None:
        return None
    return int(frame.pts * frame.time_base * NS_PER_S)
