"""What goes between the audio process and the one that holds the networks.

A head of nine bytes, then bytes.
"""

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import IO, Any, Final

import numpy as np

from engines.voice.grain.frames import Floats
from livecam.core.files.reading import parse_json

_HEAD: Final = struct.Struct("<cII")
_LARGEST_BYTES: Final = 1 << 24
JOB, RESET, SOUND, READY, FAILED = b"J", b"R", b"S", b"Y", b"F"


@dataclass(frozen=True, slots=True)
class Message:
    """One message.

    `turn` counts the resets, so that what was sent before one is known by it.
    """

    kind: bytes
    turn: int
    data: bytes = b""

    @property
    def words(self) -> Mapping[str, Any]:
        """What a job, a readiness or a failure says."""
        words: Mapping[str, Any] = parse_json(self.data)
        return words

    @property
    def sound(self) -> Floats:
        """(n,) samples."""
        return np.frombuffer(self.data, np.float32).astype(np.float64)


def make_words(kind: bytes, turn: int = 0, **words: object) -> Message:
    """Return a message of words."""
    return Message(kind, turn, json.dumps(words).encode())


def make_sound(turn: int, sound: Floats) -> Message:
    """Return a message of samples (n,)."""
    return Message(SOUND, turn, sound.astype(np.float32).tobytes())


def write(stream: IO[bytes], message: Message) -> None:
    """Send one.

    Raises:
        OSError: The other end has closed.
    """
    stream.write(_HEAD.pack(message.kind, message.turn, len(message.data)) + message.data)
    stream.flush()


def read(stream: IO[bytes]) -> Message | None:
    """Wait for one.

    None at the end of the stream, also in the middle of a message or where there is none.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    kind, turn, size = _HEAD.unpack(head)
    if size > _LARGEST_BYTES:
        return None
    data = stream.read(size)
    return Message(kind, turn, data) if len(data) == size else None
