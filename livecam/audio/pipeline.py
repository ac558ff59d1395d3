"""Process a microphone block into the persona's sound.

The stages are conversion, guard, and adaptation to the output's clock.
"""

from dataclasses import replace
from typing import Final

import numpy as np

from livecam.audio.lips.relay import LipRelay
from livecam.audio.recording_relay import RecordingRelay
from livecam.audio.safe_engine import SafeVoiceEngine
from livecam.audio.time_stretch import TimeStretch
from livecam.core.audio import AudioBlock
from livecam.core.clock import NS_PER_S
from livecam.core.ports import VoiceEngine
from livecam.disclosure.sound.marker import RATE_HZ

HOP: Final = RATE_HZ // 200
"""Samples of a block of the live voice: 5 ms."""


class VoicePipeline:
    """The stages of a live voice, in order.

    It returns the engine's sound or silence.

    Args:
        engine: Opened, not prepared.
        relay: Also takes the converted sound, for a recording; None without one.
        lips: Estimates mouth shapes from the converted sound; None without lips.
    """

    def __init__(self, engine: VoiceEngine, relay: RecordingRelay | None = None, lips: LipRelay | None = None) -> None:
        self._voice, self._stretch, self._relay, self._lips = SafeVoiceEngine(engine), TimeStretch(), relay, lips
        self._voice.prepare(RATE_HZ, HOP)
        self._made = 0

    @property
    def latency_samples(self) -> int:
        """Samples between microphone and output, without the block itself."""
        return self._voice.latency_samples + self._stretch.delay_samples

    @property
    def faults(self) -> int:
        """How often the engine failed, and a pause replaced its sound."""
        return self._voice.faults

    @property
    def is_passthrough(self) -> bool:
        """Whether the pipeline mutes the engine because it returns its input."""
        return self._voice.is_passthrough

    def process(self, block: AudioBlock, speed: float) -> AudioBlock:
        """Return the next sound; its `captured_ns` is when that sound was spoken.

        Raises:
            ValueError: Another rate than 48 kHz, or more than one channel.
        """
        return self._stretch_block(self._voice.process(block), speed)

    def drop(self, block: AudioBlock) -> None:
        """Convert a block for the guard alone, without playing or recording it.

        Raises:
            ValueError: Another rate than 48 kHz, or more than one channel.
        """
        self._voice.process(block)

    def pause(self, block: AudioBlock) -> AudioBlock:
        """Return the end of the last sound, faded out, in place of a block."""
        return self._stretch_block(self._voice.pause(block), 1.0)

    def _stretch_block(self, block: AudioBlock, speed: float) -> AudioBlock:
        if self._relay is not None:
            spoken_ns = block.captured_ns - self._voice.latency_samples * NS_PER_S // RATE_HZ
            self._relay.put(replace(block, captured_ns=spoken_ns))
        if self._lips is not None:
            spoken_ns = block.captured_ns - self._voice.latency_samples * NS_PER_S // RATE_HZ
            self._lips.put(block.samples[:, 0], spoken_ns)
        sound = self._stretch.process(block.samples[:, 0].astype(np.float64), speed)
        spoken_ns = block.captured_ns - self.latency_samples * NS_PER_S // RATE_HZ
        self._made += len(sound)
        return AudioBlock(sound.astype(np.float32)[:, None], RATE_HZ, self._made - len(sound), spoken_ns)
