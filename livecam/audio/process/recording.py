"""The live voice in recordings.

What the audio process converted, at the time it was spoken.
"""

from collections import deque
from collections.abc import Mapping, Sequence
from threading import Event
from typing import Any, Final

from livecam.audio.recording_relay import AudioChunk, chunk_from_dict
from livecam.core.clock import NS_PER_MS
from livecam.core.errors import OutputError
from livecam.core.ports import AudioWriter
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.timing.spoken import SpokenTimes

_LOOK_S: Final = 0.1
_MOST_PIECES: Final = 600


class RecordedVoice:
    """Hands the audio process's sound to recordings in its own thread.

    A slow disk then blocks no other thread.

    A recording that fails gets no more; it says why itself. Of a minute that could not be written the oldest is lost.

    Args:
        recordings: Each takes everything.
        offset_ms: By how much pictures are older than their stamps: sound is put as much later.
    """

    def __init__(self, recordings: Sequence[AudioWriter], offset_ms: float) -> None:
        self._recordings = list(recordings)
        self._offset_ns = round(offset_ms * NS_PER_MS)
        self._times = SpokenTimes(RATE_HZ)
        self._pieces: deque[Mapping[str, Any]] = deque(maxlen=_MOST_PIECES)

    def add(self, recording: AudioWriter) -> None:
        """Hand everything to one more recording from now on."""
        self._recordings = [*self._recordings, recording]

    def remove(self, recording: AudioWriter) -> None:
        """Hand nothing more to a recording; nothing where it has failed already."""
        self._recordings = [each for each in self._recordings if each is not recording]

    def take(self, plain: Mapping[str, Any]) -> None:
        """Keep a piece as the audio process said it, until there is time to write it."""
        self._pieces.append(plain)

    def run(self, stopping: Event) -> None:
        """Write until the session ends, what came last included."""
        while not stopping.wait(_LOOK_S):
            self.turn()
        self.turn()

    def turn(self) -> None:
        """Write what has come."""
        while self._pieces:
            self._write(chunk_from_dict(self._pieces.popleft()))

    def _write(self, piece: AudioChunk) -> None:
        at_ns = self._times.place(piece.first_sample, piece.count, piece.spoken_ns)
        block = piece.to_block(at_ns + self._offset_ns)
        for recording in self._recordings:
            try:
                recording.send(block)
            except OutputError:
                self.remove(recording)
