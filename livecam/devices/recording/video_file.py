"""Write a video file that still plays after a kill or on a full disk."""

import errno
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Any

import av
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import PictureType, VideoFrame
from av.video.reformatter import ColorRange, Colorspace

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S
from livecam.core.errors import STOPPED, OutputError, remedy
from livecam.core.files.errors import hint_of, name_it, reason_of, translate_write_errors
from livecam.core.files.lock import FileLock
from livecam.core.files.own_files import check_replaceable
from livecam.core.frame import MarkedFrame
from livecam.core.label import Label
from livecam.devices.checks import check_frame, check_sound
from livecam.devices.media.tags import written
from livecam.devices.pixel_formats.i420 import I420Buffer
from livecam.devices.recording.cut_off import keep_playable_part
from livecam.devices.recording.sound_track import RATE_HZ, RecordedSound

SUFFIXES = (".mp4", ".mov", ".mkv")
_ELSEWHERE = "choose another place for the file"
_TICKS_HZ = 90_000
_PATIENCE_S = 2.0
_KEY_EVERY = _TICKS_HZ
_SOUND_LATE = RATE_HZ  # what has not been heard by then is silence
# One thread and the cheapest preset: the encoder shares the machine with the swap.
_ENCODER = {"preset": "ultrafast", "tune": "zerolatency", "crf": "20", "g": "600"}
# Fragments of one key picture each while it is written; an ordinary file once it is finished.
_MOVIE = {"movflags": "hybrid_fragmented+frag_keyframe+use_metadata_tags", "flush_packets": "1"}
_MATROSKA = {"cluster_time_limit": "1000", "flush_packets": "1"}


class FileSink:
    """H.264 in an mp4, mov or mkv.

    Each picture has its capture time, so that a changing rate is kept.

    Attributes:
        sound: Where its sound goes in; None for a file without.
    """

    def __init__(
        self,
        path: Path,
        size_wh: tuple[int, int],
        rate_hz: float,
        *,
        sound: bool = False,
        label: Label = Label.MODIFIED,
    ) -> None:
        """Create the file, mode 0600, in place of an earlier one that livecam wrote.

        No other process may write it.

        Args:
            path: Ends in .mp4, .mov or .mkv.
            size_wh: Size of the pictures; the file's is the next even one.
            rate_hz: Expected rate, for the encoder; the pictures' own times decide.
            sound: Whether it has sound too, AAC of one channel.
            label: What its metadata say of the pictures.

        Raises:
            UsageError: The name is too long, or there is a file of another program.
            OutputError: The folder does not exist or may not be written to, or another process writes this file.
        """
        self.size_wh, self._path = size_wh, path
        if path.suffix.lower() not in SUFFIXES:
            raise OutputError(f"{path} is no video file", **remedy(name_it(path, ".mp4")))
        if not path.parent.is_dir():
            raise OutputError(f"there is no folder {path.parent}", command=f"mkdir -p {path.parent}")
        if path.is_dir():
            raise OutputError(f"{path} is a folder", advice=_ELSEWHERE)
        check_replaceable(path, "--record or --sink file:PATH")
        with translate_write_errors(path):
            self._lock = FileLock(path)
        self._planes = I420Buffer(size_wh)
        options = _MATROSKA if path.suffix.lower() == ".mkv" else _MOVIE
        try:
            # A name with a colon in it would be read as a protocol.
            self._container = av.open(str(path.absolute()), "w", options=options)
        except (FFmpegError, OSError, ValueError) as error:
            self._release(made_here=self._lock.made)
            raise OutputError(f"{path} cannot be written: {reason_of(error)}", advice=_ELSEWHERE) from error
        self._container.metadata.update(written(label))
        self._stream = self._container.add_stream("libx264", rate=Fraction(rate_hz).limit_denominator(1001))
        self._configure()
        self._recorded = RecordedSound(self._container.add_stream("aac", rate=RATE_HZ)) if sound else None
        self.sound = FileSound(self) if sound else None
        self._start_ns: int | None = None
        self._last_frame: MarkedFrame | None = None
        self._last_tick = -1
        self._key_tick = 0
        self._looked_tick = 0
        self._closed = False
        self._failure: OutputError | None = None
        self._in_use = Lock()

    def _configure(self) -> None:
        context = self._stream.codec_context
        context.width, context.height = self._planes.size_wh
        context.pix_fmt = "yuv420p"
        context.time_base = Fraction(1, _TICKS_HZ)
        context.thread_count = 1
        context.options = dict(_ENCODER)
        context.colorspace, context.color_range = Colorspace.ITU601, ColorRange.MPEG

    @property
    def name(self) -> str:
        """The file's path."""
        return str(self._path)

    def send(self, frame: MarkedFrame) -> None:
        """Append the picture; repeating it extends its duration.

        Raises:
            OutputError: The disk is full or gone, or the file is closed. What was written so far plays.
        """
        check_frame(frame, self.size_wh)
        with self._in_use:
            self._check_open()
            if frame is not self._last_frame:
                with self._translate_errors():
                    self._append(frame)

    def send_sound(self, block: MarkedBlock) -> None:
        """Append sound at the time it was spoken.

        What was before the first picture is left out.

        Raises:
            OutputError: As from `send`.
        """
        samples = check_sound(block, RATE_HZ)
        with self._in_use:
            self._check_open()
            if self._recorded is not None and self._start_ns is not None:
                with self._translate_errors():
                    self._mux(self._recorded.add(samples, _samples(block.captured_ns - self._start_ns)))

    def keep_sound(self, block: AudioBlock) -> None:
        """Append a clip's own sound, unmarked.

        It is for a replay, at the user's request.

        Raises:
            OutputError: As from `send`.
        """
        with self._in_use:
            self._check_open()
            if self._recorded is not None and self._start_ns is not None:
                at = _samples(block.captured_ns - self._start_ns)
                self._mux(self._recorded.add(block.samples[:, 0], at))

    def _check_open(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._closed:
            raise OutputError(f"{self._path} is closed", advice="open it again")

    def _append(self, frame: MarkedFrame) -> None:
        self._last_frame = frame
        picture = VideoFrame.from_ndarray(self._planes.fill(frame.pixels), format="yuv420p")
        picture.pts, picture.time_base = self._tick(frame.captured_ns), Fraction(1, _TICKS_HZ)
        if picture.pts == 0 or picture.pts - self._key_tick >= _KEY_EVERY:
            picture.pict_type, self._key_tick = PictureType.I, picture.pts
        self._mux(self._stream.encode(picture))
        if self._recorded is not None:
            self._mux(self._recorded.add_silence(picture.pts * RATE_HZ // _TICKS_HZ - _SOUND_LATE))

    def _mux(self, packets: Iterable["Packet[Any]"]) -> None:
        for packet in packets:
            self._container.mux(packet)

    @contextmanager
    def _translate_errors(self) -> Iterator[None]:
        """Translate errors of the encoder or the disk; they end the file.

        Raises:
            OutputError: With what it said, and after how much.
        """
        try:
            yield
            self._check_there()
        except (FFmpegError, OSError, MemoryError) as error:
            raise self._end_broken(error) from error

    def _check_there(self) -> None:
        """Check once a second of the recording that the file still exists."""
        if self._last_tick - self._looked_tick >= _KEY_EVERY:
            self._looked_tick = self._last_tick
            if not self._lock.is_current:
                raise FileNotFoundError(errno.ENOENT, "the file was removed or replaced during the run")

    def _tick(self, captured_ns: int) -> int:
        """Return the time in the file, always later than the last."""
        if self._start_ns is None:
            self._start_ns = captured_ns
        self._last_tick = max((captured_ns - self._start_ns) * _TICKS_HZ // NS_PER_S, self._last_tick + 1)
        return self._last_tick

    def _end_broken(self, error: Exception) -> OutputError:
        """Close the file, keep what plays of it, and say why."""
        self._closed = True
        with suppress(FFmpegError, OSError):  # the same error again, from writing the file's end
            self._container.close()
        code, why = getattr(error, "errno", None), getattr(error, "strerror", None) or type(error).__name__
        kept = self._lock.is_current and self._path.is_file() and keep_playable_part(self._path)
        self._release(made_here=self._lock.is_current and self._path.is_file() and not kept)
        hint = hint_of(code, self._path) if code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) else _ELSEWHERE
        hint += f"; what was recorded before is in {self._path} and plays" if kept else ""
        lasted_s = max(self._last_tick, 0) / _TICKS_HZ
        self._failure = OutputError(
            f"{STOPPED} after {lasted_s:.1f} s: {self._path} cannot be written: {why}", **remedy(hint)
        )
        return self._failure

    def _release(self, *, made_here: bool) -> None:
        """Release the lock; delete a file with nothing worth keeping."""
        if made_here:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
        self._lock.close()

    def close(self) -> None:
        """Finish the file; leave none without a picture.

        Raises:
            OutputError: The end cannot be written, or another thread hangs in `send`. What was written before plays.
        """
        if not self._in_use.acquire(timeout=_PATIENCE_S):
            raise OutputError(f"{self._path} takes nothing any more", advice=_ELSEWHERE)
        try:
            if not self._closed:
                self._finish()
        finally:
            self._in_use.release()

    def _finish(self) -> None:
        self._closed = True
        try:
            if self._start_ns is not None:
                self._mux(self._stream.encode(None))
                self._mux(self._recorded.finish() if self._recorded is not None else [])
            self._container.close()
            if self._start_ns is not None and not self._lock.is_current:
                raise FileNotFoundError(errno.ENOENT, "the file was removed or replaced during the run")
        except (FFmpegError, OSError) as error:
            raise self._end_broken(error) from error
        self._release(made_here=self._start_ns is None and self._lock.is_current and self._path.is_file())


class FileSound:
    """Writer of the sound in a video file."""

    def __init__(self, file: FileSink) -> None:
        self._file = file

    def send(self, block: MarkedBlock) -> None:
        """Append sound at `block.captured_ns`, on the clock of the pictures.

        Raises:
            OutputError: As from the file's `send`.
        """
        self._file.send_sound(block)

    def keep(self, block: AudioBlock) -> None:
        """Append a clip's own sound, unmarked; never a live voice.

        Raises:
            OutputError: As from the file's `send`.
        """
        self._file.keep_sound(block)


def _samples(duration_ns: int) -> int:
    return duration_ns * RATE_HZ // NS_PER_S
