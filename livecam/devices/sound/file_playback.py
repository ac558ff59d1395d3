"""Files in place of a microphone and a virtual one, at real-time pace."""

from collections import deque
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError, SoundError
from livecam.core.label import Label
from livecam.devices.checks import check_sound
from livecam.devices.media.door import Sound
from livecam.devices.media.speech import choose_gain
from livecam.devices.recording.sound_file import RATE_HZ, SoundFileSink

_LEVEL_S: Final = 30


class PlayedRecording:
    """A recording that repeats, as a microphone would hear it.

    It is read while it plays, so memory does not grow with its length.

    Attributes:
        name: The file's name.
        xruns: Always 0.
        remarks: What was changed in it when it was opened.
    """

    xruns = 0

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open a recording, and find its level in its first half minute.

        Raises:
            SoundError: It cannot be read.
        """
        self.name, self._path = path.name, path
        self._clock, self._count = clock, 0
        self._begin_ns: int | None = None
        self._sound = Sound(path)
        try:
            self._waiting: deque[NDArray[np.float32]] = deque()
            self._pieces = self._sound.pieces()
            while len(self._waiting) < _LEVEL_S and (piece := next(self._pieces, None)) is not None:
                self._waiting.append(piece)
            peak = max((float(np.abs(piece).max()) for piece in self._waiting), default=0.0)
            self._gain, says = choose_gain(peak, self.name)
        except BaseException:
            self.close()
            raise
        self.remarks = (*self._sound.remarks, *says)

    def read(self, count: int) -> AudioBlock:
        """Return the next samples, when the last of them would be spoken.

        Raises:
            SoundError: The recording can no longer be read.
        """
        if self._begin_ns is None:
            self._begin_ns = self._clock.now_ns()
        begin_ns = self._begin_ns + self._count * NS_PER_S // RATE_HZ
        samples = np.clip(self._gain * self._next(count), -1, 1).astype(np.float32)
        self._count += count
        self._clock.sleep_until_ns(self._begin_ns + self._count * NS_PER_S // RATE_HZ)
        return AudioBlock(samples[:, None], RATE_HZ, self._count - count, begin_ns)

    def _next(self, count: int) -> NDArray[np.float32]:
        """Return the next samples (count,) of the repeating recording."""
        parts: list[NDArray[np.float32]] = []
        while count:
            if not self._waiting:
                self._waiting.append(self._piece())
            part = self._waiting.popleft()
            parts.append(part[:count])
            if len(part) > count:
                self._waiting.appendleft(part[count:])
            count -= len(parts[-1])
        return np.concatenate(parts)

    def _piece(self) -> NDArray[np.float32]:
        piece = next(self._pieces, None)
        if piece is None:
            self._sound.close()
            self._sound = Sound(self._path)
            self._pieces = self._sound.pieces()
            piece = next(self._pieces, None)
        if piece is None:
            raise SoundError(f"{self.name} holds no sound any more", advice="name another recording")
        return piece

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._sound.close()


class PacedSoundSink:
    """Takes sound at the pace of playback, and writes it to a file or nowhere.

    Attributes:
        name: The file's name, or "null".
        xruns: Always 0, as it waits for the sound.
        waiting_ns: Always 0.
    """

    xruns = waiting_ns = 0

    def __init__(self, path: Path | None, clock: Clock, label: Label = Label.MODIFIED) -> None:
        """Open the WAV `path`; its metadata state `label`.

        Raises:
            OutputError: It cannot be written.
        """
        self.name = "null" if path is None else path.name
        self._file = None if path is None else SoundFileSink(path, RATE_HZ, label)
        self._clock = clock
        self._due_ns: int | None = None
        self._closed = False

    def send(self, block: MarkedBlock) -> None:
        """Take the block at its time.

        Raises:
            OutputError: The disk is full, or the sink is closed.
        """
        samples = check_sound(block, RATE_HZ)
        if self._closed:
            raise OutputError(f"{self.name} is closed", advice="open it again")
        if self._due_ns is None:
            self._due_ns = self._clock.now_ns()
        self._clock.sleep_until_ns(self._due_ns)
        self._due_ns += len(samples) * NS_PER_S // RATE_HZ
        if self._file is not None:
            self._file.send(block)

    def close(self) -> None:
        """Finish the file; may be called twice."""
        self._closed = True
        if self._file is not None:
            self._file.close()
