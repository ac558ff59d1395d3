"""Convert a recording through the path of the live voice.

Engine, block size and marks are the same.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S
from livecam.core.ports import AudioWriter, VoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker
from livecam.disclosure.sound.notice import NoticeStyle

_BLOCK = RATE_HZ // 100
HINDSIGHT_S = 1.0
"""How far back the engine is judged: a recording can wait longer than a call."""
_USUAL = NoticeStyle()


def opening_ns(manner: NoticeStyle = _USUAL) -> int:
    """Return the length of the notice, with the delay of the marks.

    The converted sound begins that much later.
    """
    outgoing = SoundMarker(0, manner=manner)
    return -(-(outgoing.opening_samples + outgoing.latency_samples) * NS_PER_S // RATE_HZ)


def convert(
    sound: NDArray[np.float32] | Iterable[NDArray[np.float32]],
    engine: VoiceEngine,
    session: int,
    sink: AudioWriter,
    begin_ns: int = 0,
    manner: NoticeStyle = _USUAL,
    samples: int = 0,
) -> Iterator[float]:
    """Send the notice, then the sound in the engine's voice.

    The output is the notice, the sound, and 16 ms of delay by the marks.

    Yields:
        The share done, after every block.

    Args:
        sound: (n,) at 48 kHz, or pieces of it one after the other.
        engine: Speaks with the other voice.
        session: 0..65535, the number the inaudible mark carries.
        sink: Takes the marked blocks.
        begin_ns: The time of the first of them.
        manner: Style of the notice that the voice is altered.
        samples: How many there are in all the pieces, for the share.
    """
    guarded, outgoing = SafeVoiceEngine(engine, HINDSIGHT_S), SoundMarker(session, manner=manner)
    guarded.prepare(RATE_HZ, _BLOCK)
    late, opening = guarded.latency_samples, outgoing.opening_samples
    lead = np.zeros(max(opening - late, 0), np.float32)
    tail = np.zeros(late + outgoing.latency_samples, np.float32)
    pieces: Iterable[NDArray[np.float32]] = (sound,) if isinstance(sound, np.ndarray) else sound
    count = len(lead) + (len(sound) if isinstance(sound, np.ndarray) else samples) + len(tail)
    taken, early = 0, max(late - opening, 0)
    for block in _blocks(chain((lead,), pieces, (tail,))):
        spoken = guarded.process(_block(block, taken, begin_ns)).samples[max(early - taken, 0) :, 0]
        taken += len(block)
        if len(spoken):
            sink.send(outgoing.mark(_block(spoken, taken - early - len(spoken), begin_ns)))
        yield min(taken / max(count, 1), 1.0)


def _blocks(pieces: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
    """Yield the same sound in blocks of 10 ms; the last may be shorter."""
    rest = np.zeros(0, np.float32)
    for piece in pieces:
        whole = np.concatenate([rest, piece])
        end = len(whole) // _BLOCK * _BLOCK
        for begin in range(0, end, _BLOCK):
            yield whole[begin : begin + _BLOCK]
        rest = whole[end:]
    if len(rest):
        yield rest


def _block(samples: NDArray[np.float32], first_sample: int, begin_ns: int) -> AudioBlock:
    return AudioBlock(samples[:, None], RATE_HZ, first_sample, begin_ns + first_sample * NS_PER_S // RATE_HZ)
