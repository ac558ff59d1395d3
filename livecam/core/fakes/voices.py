"""A fake voice engine: another voice, as loud."""

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock

TURNED_SAMPLES = 8


def alternate_sign(sound: NDArray[np.float32]) -> NDArray[np.float32]:
    """Negate every other eight samples of sound (n, channels).

    The result is as loud, a different voice, and its own inverse.
    """
    signs = 1 - 2 * (np.arange(len(sound)) // TURNED_SAMPLES % 2)
    return np.asarray(sound * signs[:, None], np.float32)


class FakeVoiceEngine:
    """Returns `alternate_sign` of the voice after a fixed delay."""

    def __init__(self, latency_samples: int = 480) -> None:
        self.latency_samples = latency_samples
        self._past = np.zeros((latency_samples, 1), np.float32)
        self._turned = 0

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Start again."""
        self.reset()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return as many samples as came, `latency_samples` late."""
        channels = block.samples.shape[1]
        if self._past.shape[1] != channels:
            self._past = np.zeros((self.latency_samples, channels), np.float32)
        count, begun = len(block.samples), self._turned % (2 * TURNED_SAMPLES)
        # Counted from the first sample, so that block sizes do not matter.
        given = alternate_sign(np.concatenate([np.zeros((begun, channels), np.float32), block.samples]))[begun:]
        line = np.concatenate([self._past, given])
        self._past, self._turned = line[count:], self._turned + count
        return AudioBlock(line[:count], block.rate_hz, block.first_sample, block.captured_ns)

    def reset(self) -> None:
        """Fill the delay line with silence."""
        self._past, self._turned = np.zeros((self.latency_samples, 1), np.float32), 0
