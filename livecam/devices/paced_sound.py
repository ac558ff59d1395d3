"""Recordings in place of a microphone, and files in place of a virtual one, each at the pace of real sound."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import OutputError
from livecam.devices.sound_door import checked_sound
from livecam.devices.sound_file import RATE_HZ, read_sound
from livecam.devices.sound_file_sink import SoundFileSink


class PlayedRecording:
    """A recording spoken into the room again and again, as a microphone would hear it.

    Attributes:
        name: The file's name.
        xruns: Always 0.
    """

    xruns = 0

    def __init__(self, path: Path, clock: Clock) -> None:
        """Read it.

        Raises:
            SoundError: It cannot be read.
        """
        self.name = path.name
        self._sound: NDArray[np.float32] = read_sound(path)
        self._clock, self._count = clock, 0
        self._begin_ns: int | None = None

    def read(self, count: int) -> AudioBlock:
        """The next samples, when the last of them would have been spoken."""
        if self._begin_ns is None:
            self._begin_ns = self._clock.now_ns()
        begin_ns = self._begin_ns + self._count * NS_PER_S // RATE_HZ
        samples = np.take(self._sound, np.arange(self._count, self._count + count), mode="wrap")
        self._count += count
        self._clock.sleep_until_ns(self._begin_ns + self._count * NS_PER_S // RATE_HZ)
        return AudioBlock(samples[:, None], RATE_HZ, self._count - count, begin_ns)

    def close(self) -> None:
        """Nothing to free."""


class PacedSoundSink:
    """Takes sound as fast as it would be heard, and writes it to a file or nowhere.

    Attributes:
        name: The file's name, or "null".
        xruns: Always 0: it waits for the sound as a device would not.
        waiting_ns: Always 0.
    """

    xruns = waiting_ns = 0

    def __init__(self, path: Path | None, clock: Clock) -> None:
        """`path`: the WAV to write.

        Raises:
            OutputError: It cannot be written.
        """
        self.name = "null" if path is None else path.name
        self._file = None if path is None else SoundFileSink(path, RATE_HZ)
        self._clock = clock
        self._due_ns: int | None = None
        self._closed = False

    def send(self, block: MarkedBlock) -> None:
        """Take the block at its time.

        Raises:
            OutputError: The disk is full, or the sink is closed.
        """
        samples = checked_sound(block, RATE_HZ)
        if self._closed:
            raise OutputError(f"{self.name} is closed", hint="open it again")
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
