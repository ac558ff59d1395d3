"""Adapt blocks of any size to an engine with its own frames and state."""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock

Floats = NDArray[np.float64]


class FrameCore(Protocol):
    """An engine that processes frames of a fixed length."""

    @property
    def frame_samples(self) -> int:
        """Samples in a frame."""
        ...

    @property
    def delay_samples(self) -> int:
        """Delay in samples from a frame's input to its output."""
        ...

    def process_frame(self, sound: Floats) -> Floats:
        """Convert the next frame, (frame_samples,) in and out."""
        ...


class StatefulVoice:
    """A `VoiceEngine` of a `FrameCore`; adds one frame of delay, less a sample.

    Args:
        open_core: Opens a new core for a rate in Hz.
    """

    def __init__(self, open_core: Callable[[int], FrameCore]) -> None:
        self._open_core = open_core
        self._core: FrameCore | None = None
        self._rate_hz = 0
        self._waiting = self._done = np.zeros(0)

    @property
    def latency_samples(self) -> int:
        """Samples by which the output lags the input."""
        core = self._require_core()
        return core.delay_samples + core.frame_samples - 1

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Open the core for this rate.

        Raises:
            EngineError: The core does not take this rate.
        """
        self._rate_hz = rate_hz
        self.reset()

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the converted block, as many samples as went in.

        Raises:
            ValueError: A rate other than prepared for, or more than one channel.
        """
        core = self._require_core()
        sound = to_mono(block, self._rate_hz)
        line = np.concatenate([self._waiting, sound])
        whole = len(line) - len(line) % core.frame_samples
        frames = [core.process_frame(frame) for frame in line[:whole].reshape(-1, core.frame_samples)]
        self._waiting = line[whole:]
        ready = np.concatenate([self._done, *frames])
        self._done = ready[len(sound) :]
        return to_block(ready[: len(sound)], block)

    def reset(self) -> None:
        """Forget the past."""
        self._core = self._open_core(self._rate_hz)
        self._waiting, self._done = np.zeros(0), np.zeros(self._core.frame_samples - 1)

    def _require_core(self) -> FrameCore:
        if self._core is None:
            raise RuntimeError("prepare comes first")
        return self._core


def to_mono(block: AudioBlock, rate_hz: int) -> Floats:
    """Return the samples (n,) float64 of a block of one channel.

    Raises:
        ValueError: Another rate or more channels.
    """
    if block.rate_hz != rate_hz or block.samples.shape[1] != 1:
        raise ValueError(f"a block must be (n, 1) at {rate_hz} Hz, got {block.samples.shape} at {block.rate_hz} Hz")
    return block.samples[:, 0].astype(np.float64)


def to_block(sound: Floats, like: AudioBlock) -> AudioBlock:
    """Return samples (n,) as a block in place of another."""
    return AudioBlock(sound.astype(np.float32)[:, None], like.rate_hz, like.first_sample, like.captured_ns)
