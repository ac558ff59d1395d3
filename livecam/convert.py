"""A recording through the very path of the live voice: the same engine in the same blocks, the same marks."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from livecam.audio.guard import GuardedVoice
from livecam.audio.notice import Manner
from livecam.audio.outgoing import RATE_HZ, Outgoing
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S
from livecam.core.ports import SoundTaker, VoiceEngine

_BLOCK = RATE_HZ // 100
_USUAL = Manner()


def opening_ns(manner: Manner = _USUAL) -> int:
    """How long the notice is, with what the marks take: in a conversion the sound begins so much later."""
    outgoing = Outgoing(0, manner=manner)
    return -(-(outgoing.opening_samples + outgoing.latency_samples) * NS_PER_S // RATE_HZ)


def convert(
    sound: NDArray[np.float32],
    engine: VoiceEngine,
    session: int,
    sink: SoundTaker,
    begin_ns: int = 0,
    manner: Manner = _USUAL,
) -> Iterator[float]:
    """Send the notice, then the sound (n,) at 48 kHz in the engine's voice; yields the share done after every block.

    What comes out is the notice, then the sound, and 16 ms that the marks take.

    Args:
        sound: (n,) at 48 kHz.
        engine: Speaks with the other voice.
        session: 0..65535, the number the inaudible mark carries.
        sink: Takes the marked blocks.
        begin_ns: The time of the first of them.
        manner: How the alteration is told.
    """
    guarded, outgoing = GuardedVoice(engine), Outgoing(session, manner=manner)
    guarded.prepare(RATE_HZ, _BLOCK)
    lead = np.zeros(max(outgoing.opening_samples - guarded.latency_samples, 0), np.float32)
    tail = np.zeros(guarded.latency_samples + outgoing.latency_samples, np.float32)
    given = np.concatenate([lead, sound, tail])
    for begin in range(0, len(given), _BLOCK):
        done = guarded.process(_block(given[begin : begin + _BLOCK], begin, begin_ns))
        sink.send(outgoing.mark(done))
        yield min((begin + _BLOCK) / len(given), 1.0)


def _block(samples: NDArray[np.float32], first_sample: int, begin_ns: int) -> AudioBlock:
    return AudioBlock(samples[:, None], RATE_HZ, first_sample, begin_ns + first_sample * NS_PER_S // RATE_HZ)
