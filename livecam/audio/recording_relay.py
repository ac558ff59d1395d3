"""Transfer converted sound from the audio process to a recording in another.

Sound is marked and travels as pieces of text.

It is taken before playback, so a recording has no pauses of a device that ran out of sound. The rhythm of its mark
stays intact. Only the audio process makes such pieces, and only its monitor may read them (import-linter). So marked
sound stays marked.
"""

from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np

from livecam.core.audio import AudioBlock, MarkedBlock
from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.disclosure.sound.marker import RATE_HZ, SoundMarker, rewrap_marked

MOST_BLOCKS: Final = 1000
_FULL: Final = 32767
_LEAST_GAP_NS: Final = 30 * NS_PER_MS
_MOST_GAP_NS: Final = 2 * NS_PER_S


@dataclass(frozen=True, slots=True)
class AudioChunk:
    """A piece of sound.

    Attributes:
        first_sample: Its place in the stream of its process.
        spoken_ns: When it was spoken.
        data: 16 bits a sample, little-endian, as base64.
    """

    first_sample: int
    spoken_ns: int
    data: str

    @property
    def count(self) -> int:
        """Number of samples."""
        return len(b64decode(self.data)) // 2

    def to_block(self, captured_ns: int) -> MarkedBlock:
        """Return the sound as a block, captured at `captured_ns`."""
        samples = np.frombuffer(b64decode(self.data), "<i2").astype(np.float32)[:, None] / np.float32(_FULL)
        return rewrap_marked(AudioBlock(samples, RATE_HZ, self.first_sample, captured_ns))


def chunk_from_dict(plain: Mapping[str, Any]) -> AudioChunk:
    """Build a piece from the result of `dataclasses.asdict`."""
    return AudioChunk(**plain)


class RecordingRelay:
    """Marks converted sound and keeps it until it is fetched.

    After five seconds without a fetch it drops the oldest.

    Args:
        outgoing: Marks the sound; not shared.
    """

    def __init__(self, outgoing: SoundMarker) -> None:
        self._outgoing = outgoing
        self._late_ns = outgoing.latency_samples * NS_PER_S // RATE_HZ
        self._blocks: deque[MarkedBlock] = deque(maxlen=MOST_BLOCKS)
        self._count, self._next_ns = 0, 0

    def put(self, block: AudioBlock) -> None:
        """Keep the next block, spoken at its `captured_ns`.

        Silence fills a gap before it.
        """
        gap_ns = block.captured_ns - self._next_ns
        if self._count and _LEAST_GAP_NS < gap_ns < _MOST_GAP_NS:
            self._mark(np.zeros((gap_ns * RATE_HZ // NS_PER_S, 1), np.float32), self._next_ns)
        self._mark(block.samples, block.captured_ns)
        self._next_ns = block.captured_ns + len(block.samples) * NS_PER_S // RATE_HZ

    def _mark(self, samples: np.ndarray[Any, np.dtype[np.float32]], captured_ns: int) -> None:
        block = AudioBlock(samples, RATE_HZ, self._count, captured_ns - self._late_ns)
        self._blocks.append(self._outgoing.mark(block))
        self._count += len(samples)

    def fetch(self) -> Iterator[AudioChunk]:
        """Yield what was put since the last call, in one piece where nothing was lost."""
        blocks = [self._blocks.popleft() for _ in range(len(self._blocks))]
        for _, run in groupby(_runs(blocks), lambda numbered: numbered[0]):
            yield _piece([block for _, block in run])


def _piece(run: list[MarkedBlock]) -> AudioChunk:
    samples = np.concatenate([block.samples[:, 0] for block in run])
    data = b64encode(np.rint(samples * _FULL).astype("<i2").tobytes()).decode()
    return AudioChunk(run[0].first_sample, run[0].captured_ns, data)


def _runs(blocks: list[MarkedBlock]) -> Iterator[tuple[int, MarkedBlock]]:
    """Yield every block with the number of its run.

    A jump in time begins another run.
    """
    number, next_ns = 0, None
    for block in blocks:
        number += next_ns is not None and abs(block.captured_ns - next_ns) > _LEAST_GAP_NS
        next_ns = block.captured_ns + len(block.samples) * NS_PER_S // RATE_HZ
        yield number, block
