"""Write altered speech to a WAV or FLAC.

It plays up to where it ends, however it ended.
"""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import numpy as np

from livecam.core.audio import MarkedBlock
from livecam.core.errors import STOPPED, LivecamError, OutputError
from livecam.core.files.errors import translate_write_errors, write_error
from livecam.core.files.lock import FileLock
from livecam.core.files.own_files import check_replaceable
from livecam.core.label import Label
from livecam.devices.checks import check_sound
from livecam.devices.recording.sound_forms import check_sound_name, choose_form

RATE_HZ: Final = 48_000
_DEVICE_AT: Final = "--voice-sink file:PATH"


def check_sound_path(path: Path) -> None:
    """Refuse what cannot be a WAV or FLAC file.

    Raises:
        OutputError: It is named otherwise, its folder is not there, or it is a folder.
    """
    check_sound_name(path)
    if not path.parent.is_dir():
        raise OutputError(f"there is no folder {path.parent}", command=f"mkdir -p {path.parent}")
    if path.is_dir():
        raise OutputError(f"{path} cannot be written: it is a folder", advice="choose another place")


class SoundFileSink:
    """A WAV or FLAC of 16 bits, one channel, mode 0600.

    A file that was not closed still plays up to its end.
    """

    def __init__(self, path: Path, rate_hz: int, label: Label = Label.MODIFIED) -> None:
        """Create the file, in place of an earlier one that livecam wrote.

        No other process may write it. Its metadata state `label`.

        Raises:
            UsageError: The name is too long, or there is a file of another program.
            OutputError: Not a .wav or .flac, no such folder, it may not be written to, or another process writes it.
        """
        check_sound_path(path)
        self._form = choose_form(path, rate_hz, label)
        self._path, self._rate_hz = path, rate_hz
        self._samples = self._bytes = 0
        self._begun = self._failed = False
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
        samples = np.rint(check_sound(block, self._rate_hz) * 32767).astype(np.int16)
        if self._file.closed:
            raise OutputError(f"{self._path} is closed", advice="open it again")
        if not self._begun:
            self._begin()
        data = self._form.encode(samples)
        try:
            self._write(data)
        except OutputError:
            with suppress(OSError):  # part of a frame would be an error to who plays it
                self._file.truncate(self._bytes)
            raise
        self._samples, self._bytes = self._samples + len(samples), self._bytes + len(data)

    def _begin(self) -> None:
        self._begun = True
        with translate_write_errors(self._path):
            if self._path.is_file():
                self._file.truncate(0)
        header = self._form.header(None)
        self._write(header)
        self._bytes = len(header)

    def close(self) -> None:
        """Write the rest and the final length; leave no file without sound.

        May be called twice.

        Raises:
            OutputError: That cannot be written; what there is plays all the same.
        """
        if self._file.closed:
            return
        try:
            if self._samples and not self._failed:
                self._write(self._form.finish())
            if self._samples and self._file.seekable():
                with translate_write_errors(self._path):
                    self._file.seek(0)
                self._write(self._form.header(self._samples))
        finally:
            self._end(kept=self._samples > 0 or not self._begun)

    def discard(self) -> None:
        """Close the file and delete it."""
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
            self._failed, failed = True, write_error(self._path, error)
            if not self._samples:
                raise failed from error
            lasted_s = self._samples / self._rate_hz
            raise OutputError(f"{STOPPED} after {lasted_s:.1f} s: {failed}", **failed.remedy) from error
