"""Sound written as WAV."""

import struct
from pathlib import Path
from typing import Final

import numpy as np

from livecam.core.audio import MarkedBlock
from livecam.core.errors import OutputError
from livecam.devices.sound_door import checked_sound

RATE_HZ: Final = 48_000
_UNKNOWN_BYTES: Final = 0x7FFF_FF00
_MOST_RIFF_BYTES: Final = 0xFFFF_FFFF
_HEADER_BYTES: Final = 80


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
    """The headers of a WAV of 16 bits, one channel: RIFF, or RF64 (EBU 3306) beyond 12 hours."""
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    riff_bytes = _HEADER_BYTES - 8 + data_bytes
    if riff_bytes <= _MOST_RIFF_BYTES:
        kept_free = struct.pack("<4sI28x", b"JUNK", 28)
        return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE") + kept_free + form + _data(data_bytes)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff_bytes, data_bytes, data_bytes // 2, 0)
    return struct.pack("<4sI4s", b"RF64", _MOST_RIFF_BYTES, b"WAVE") + sizes + form + _data(_MOST_RIFF_BYTES)


def _data(data_bytes: int) -> bytes:
    return struct.pack("<4sI", b"data", data_bytes)
