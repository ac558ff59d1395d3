"""Write altered speech to a WAV that plays up to where it ends, however it ended."""

import os
import struct
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from livecam.core.audio import MarkedBlock
from livecam.core.errors import STOPPED, LivecamError, OutputError, remedy
from livecam.core.files.errors import name_it, translate_write_errors, write_error
from livecam.core.files.lock import FileLock
from livecam.core.files.own_files import SOUND_COMMENTS, check_replaceable
from livecam.core.label import Label
from livecam.devices.checks import check_sound

RATE_HZ: Final = 48_000
_UNKNOWN_BYTES: Final = 0x7FFF_FF00
_MOST_RIFF_BYTES: Final = 0xFFFF_FFFF
_DEVICE_AT: Final = "--voice-sink file:PATH"


def check_sound_path(path: Path) -> None:
    """Refuse what cannot be a WAV file.

    Raises:
        OutputError: It is named otherwise, its folder is not there, or it is a folder.
    """
    if path.suffix.lower() != ".wav":
        raise OutputError(f"{path} is no WAV file", **remedy(name_it(path, ".wav")))
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent}", command=f"mkdir -p {path.parent}")
    if path.is_dir():
        raise OutputError(f"{path} cannot be written: it is a folder", advice="choose another place")


class SoundFileSink:
    """A WAV of 16 bits, one channel, mode 0600.

    A file that was not closed still plays up to where it ends.
    """

    def __init__(self, path: Path, rate_hz: int, label: Label = Label.MODIFIED) -> None:
        """Create the file, in place of an earlier one that livecam wrote.

        No other process may write it. `label` is what its metadata say.

        Raises:
            UsageError: The name is too long, or there is a file of another program.
            OutputError: Not a .wav, no such folder, it may not be written to, or another process writes it.
        """
        check_sound_path(path)
        self._path, self._rate_hz, self._label = path, rate_hz, label
        self._bytes, self._begun = 0, False
        check_replaceable(path, f"OUT or {_DEVICE_AT}")
        with translate_write_errors(path):
            self._lock = FileLock(path)
            self._file = path.open("r+b" if path.is_file() else "wb", buffering=0)
        # An earlier recording stays until there is sound to take its place.
        if self._lock.made or not path.is_file():
            try:
                self._begin()
            except LivecamError:
                self._end(kept=False)
                raise

    def send(self, block: MarkedBlock) -> None:
        """Write one block.

        Raises:
            TypeError: Anything but a MarkedBlock.
            ValueError: Another rate.
            OutputError: The disk is full, or the file is closed.
        """
        data = np.rint(check_sound(block, self._rate_hz) * 32767).astype("<i2").tobytes()
        if self._file.closed:
            raise OutputError(f"{self._path} is closed", advice="open it again")
        if not self._begun:
            self._begin()
        self._write(data)
        self._bytes += len(data)

    def _begin(self) -> None:
        self._begun = True
        with translate_write_errors(self._path):
            if self._path.is_file():
                self._file.truncate(0)
        self._write(_header(self._rate_hz, _UNKNOWN_BYTES, self._label))

    def close(self) -> None:
        """Write the final length into the file; without any sound there is none.

        May be called twice.

        Raises:
            OutputError: The length cannot be written; the file plays all the same.
        """
        if self._file.closed:
            return
        try:
            if self._bytes and self._file.seekable():
                with translate_write_errors(self._path):
                    self._file.seek(0)
                self._write(_header(self._rate_hz, self._bytes, self._label))
        finally:
            self._end(kept=self._bytes > 0 or not self._begun)

    def discard(self) -> None:
        """Close the file and take it away."""
        self._end(kept=False)

    def _end(self, *, kept: bool) -> None:
        with suppress(OSError):
            self._file.close()
        if not kept and self._lock.is_current and self._path.is_file():
            with suppress(OSError):
                os.unlink(self._path)
        self._lock.close()

    def _write(self, data: bytes) -> None:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) or 0 :]
        except OSError as error:
            failed = write_error(self._path, error)
            if not self._bytes:
                raise failed from error
            lasted_s = self._bytes / 2 / self._rate_hz
            raise OutputError(f"{STOPPED} after {lasted_s:.1f} s: {failed}", **failed.remedy) from error


def _header(rate_hz: int, data_bytes: int, label: Label) -> bytes:
    """Return the headers of a WAV of 16 bits, one channel.

    RIFF, or RF64 (EBU 3306) beyond 12 hours.
    """
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate_hz, 2 * rate_hz, 2, 16)
    text = SOUND_COMMENTS[label].encode("ascii") + b"\0"
    text += b"\0" * (len(text) % 2)
    form += struct.pack("<4sI4s4sI", b"LIST", 12 + len(text), b"INFO", b"ICMT", len(text)) + text
    # WAVE, room for the 64-bit lengths, the chunks above, and the head of the data.
    riff_bytes = 4 + 36 + len(form) + 8 + data_bytes
    if riff_bytes <= _MOST_RIFF_BYTES:
        kept_free = struct.pack("<4sI28x", b"JUNK", 28)
        return struct.pack("<4sI4s", b"RIFF", riff_bytes, b"WAVE") + kept_free + form + _data(data_bytes)
    sizes = struct.pack("<4sIQQQI", b"ds64", 28, riff_bytes, data_bytes, data_bytes // 2, 0)
    return struct.pack("<4sI4s", b"RF64", _MOST_RIFF_BYTES, b"WAVE") + sizes + form + _data(_MOST_RIFF_BYTES)


def _data(data_bytes: int) -> bytes:
    return struct.pack("<4sI", b"data", data_bytes)
