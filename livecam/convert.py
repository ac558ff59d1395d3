"""A recording through the very path of the live voice: the same engine in the same blocks, the same marks."""

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livecam.audio.guard import GuardedVoice
from livecam.audio.outgoing import Outgoing
from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_S
from livecam.core.ports import VoiceEngine

BLOCK_S = 0.01


class SoundSink(Protocol):
    """Where marked sound goes."""

    def send(self, block: MarkedBlock) -> None:
        """Take one block."""
        ...


def convert(sound: NDArray[np.float32], rate_hz: int, engine: VoiceEngine, sink: SoundSink) -> Iterator[float]:
    """Send the notice, then the sound (n,) in the engine's voice; yields the share done after every block.

    What comes out is as long as the notice and the sound together; the engine's delay is taken off.
    """
    block = round(BLOCK_S * rate_hz)
    guarded, outgoing = GuardedVoice(engine), Outgoing(rate_hz)
    guarded.prepare(rate_hz, block)
    late = guarded.latency_samples
    lead = np.zeros(outgoing.opening_samples, np.float32)
    sink.send(outgoing.mark(_block(lead, rate_hz, 0)))
    given = np.concatenate([sound, np.zeros(late, np.float32)])
    for begin in range(0, len(given), block):
        done = guarded.process(_block(given[begin : begin + block], rate_hz, begin)).samples[:, 0]
        kept = done[max(late - begin, 0) :]
        sink.send(outgoing.mark(_block(kept, rate_hz, len(lead) + max(begin - late, 0))))
        yield min((begin + block) / len(given), 1.0)


def _block(samples: NDArray[np.float32], rate_hz: int, first_sample: int) -> AudioBlock:
    return AudioBlock(samples[:, None], rate_hz, first_sample, first_sample * NS_PER_S // rate_hz)
