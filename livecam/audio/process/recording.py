"""Write the live voice into recordings.

Sound from the audio process is written at the time it was spoken.
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
    """Writes the audio process's sound to recordings, in its own thread.

    A slow disk then blocks no other thread. A recording that fails gets no more sound, and reports why itself. At
    most a minute of sound waits to be written; then the oldest is lost.

    Args:
        recordings: Each takes everything.
        offset_ms: How much older pictures are than their timestamps; sound is shifted by as much.
    """

    def __init__(self, recordings: Sequence[AudioWriter], offset_ms: float) -> None:
        self._recordings = list(recordings)
        self._offset_ns = round(offset_ms * NS_PER_MS)
        self._times = SpokenTimes(RATE_HZ)
        self._pieces: deque[Mapping[str, Any]] = deque(maxlen=_MOST_PIECES)

    def add(self, recording: AudioWriter) -> None:
        """Add a recording that takes everything from now on."""
        self._recordings = [*self._recordings, recording]

    def remove(self, recording: AudioWriter) -> None:
        """Remove a recording; do nothing where it has failed already."""
        self._recordings = [each for each in self._recordings if each is not recording]

    def take(self, plain: Mapping[str, Any]) -> None:
        """Queue a message with sound until there is time to write it."""
        self._pieces.append(plain)

    def run(self, stopping: Event) -> None:
        """Write until the session ends, including what came last."""
        while not stopping.wait(_LOOK_S):
            self.turn()
        self.turn()

    def turn(self) -> None:
        """Write everything that is queued."""
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
