"""Recordings of speech: read from any file with sound in it, written as WAV."""

import struct
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from livecam.core.audio import MarkedBlock
from livecam.core.errors import OutputError, SoundError
from livecam.devices.container import open_container
from livecam.devices.sound_door import checked_sound

RATE_HZ: Final = 48_000
_LONGEST_S: Final = 3600
_UNKNOWN_BYTES: Final = 0x7FFF_FF00
_PLAYS = "give a file that plays, for example a WAV of somebody speaking"


def read_sound(path: Path) -> NDArray[np.float32]:
    """(n,) float32 at 48 kHz, channels averaged, at most an hour.

    Raises:
        SoundError: No such file, no sound in it, or it breaks off at once.
    """
    if not path.is_file():
        raise SoundError(f"there is no file {path}", hint=_PLAYS)
    try:
        sound = _decoded(path)
    except FFmpegError as error:
        raise SoundError(f"{path.name} cannot be read: {error.strerror}", hint=_PLAYS) from error
    if not sound.any():
        raise SoundError(f"{path.name} is silent", hint=_PLAYS)
    return np.nan_to_num(np.clip(sound, -1, 1))


def sound_from_first_picture(path: Path) -> NDArray[np.float32]:
    """The sound of a clip as from `read_sound`, cut or led by silence so that it begins with the first picture.

    Raises:
        SoundError: As `read_sound`.
    """
    sound = read_sound(path)
    later = round((_begin_s(path, "audio") - _begin_s(path, "video")) * RATE_HZ)
    return sound[-later:] if later < 0 else np.concatenate([np.zeros(later, np.float32), sound])


def _begin_s(path: Path, kind: str) -> float:
    """When the first picture or sound that can be decoded is."""
    with open_container(path) as container:
        for packet in container.demux(getattr(container.streams, kind)):
            try:
                first = next(iter(packet.decode()), None)
            except FFmpegError:
                continue
            if first is not None:
                return float(first.time or 0.0)
    return 0.0


def _decoded(path: Path) -> NDArray[np.float32]:
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE_HZ)
    parts: list[NDArray[np.float32]] = [np.zeros(0, np.float32)]
    count = 0
    with open_container(path) as container:
        if not container.streams.audio:
            raise SoundError(f"there is no sound in {path.name}", hint=_PLAYS)
        for frame in container.decode(audio=0):
            parts += [made.to_ndarray()[0] for made in resampler.resample(frame)]
            count += len(parts[-1])
            if count > _LONGEST_S * RATE_HZ:
                raise SoundError(f"{path.name} is longer than an hour", hint="cut it into parts")
        parts += [made.to_ndarray()[0] for made in resampler.resample(None)]
    return np.concatenate(parts).astype(np.float32)


class SoundFileSink:
    """A WAV of 16 bits, one channel; a file that was not closed still plays up to where it ends."""

    def __init__(self, path: Path, rate_hz: int) -> None:
        """Create the file, in place of an earlier one.

        Raises:
            OutputError: Not a .wav, no such folder, or it may not be written to.
        """
        if path.suffix.lower() != ".wav":
            raise OutputError(f"{path} is no WAV file", hint=f"name it {path.with_suffix('.wav')}")
        if not path.parent.is_dir():
            raise OutputError(f"there is no folder {path.parent}", hint=f"mkdir -p {path.parent}")
        self._path, self._rate_hz = path, rate_hz
        self._bytes = 0
        try:
            self._file = path.open("wb", buffering=0)
        except OSError as error:
            raise self._refused(error) from error
        try:
            self._write(_header(rate_hz, _UNKNOWN_BYTES))
        except OutputError:
            self._file.close()
            raise

    def send(self, block: MarkedBlock) -> None:
        """Write one block.

        Raises:
            TypeError: Anything but a MarkedBlock.
            ValueError: Another rate.
            OutputError: The disk is full.
        """
        data = np.rint(checked_sound(block, self._rate_hz) * 32767).astype("<i2").tobytes()
        self._write(data)
        self._bytes += len(data)

    def close(self) -> None:
        """Write the final length into the file; may be called twice."""
        if self._file.closed:
            return
        with self._file:
            if self._file.seekable():
                self._file.seek(0)
                self._write(_header(self._rate_hz, self._bytes))

    def _write(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> OutputError:
        return OutputError(f"{self._path} cannot be written: {error.strerror}", hint="choose another place")


def _header(rate_hz: int, data_bytes: int) -> bytes:
    """RIFF, format and data headers of a WAV: 16 bits, one channel."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    return struct.pack("<4sI4s", b"RIFF", 36 + data_bytes, b"WAVE") + form + struct.pack("<4sI", b"data", data_bytes)
