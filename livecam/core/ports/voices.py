"""Ports of engines that speak: what converts, learns and reads aloud promises."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.voice import NetworkTrial, SentenceSpan, VoiceModel, VoiceStatistics


@runtime_checkable
class VoiceEngine(Protocol):
    """Speaks with the persona's voice, block by block.

    The size of blocks does not change the samples.
    """

    @property
    def latency_samples(self) -> int:
        """Samples by which the output lags the input; known once prepared."""
        ...

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Allocate for blocks of up to `hop` samples.

        Raises:
            EngineError: A rate it does not take.
        """
        ...

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return the converted block, as many samples as went in."""
        ...

    def reset(self) -> None:
        """Forget the past."""
        ...


@runtime_checkable
class VoiceMaker(Protocol):
    """Learns voices from recordings and opens engines that speak with them."""

    def learn(
        self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[SentenceSpan] = ()
    ) -> VoiceStatistics:
        """Return the statistics of one person's speech (n,).

        `readings` says where known sentences are read.

        Raises:
            EngineError: An unsupported rate.
            VoiceError: Too little speech in it.
        """
        ...

    def make_engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """Return an engine that converts the speaker's voice to the target's."""
        ...


@runtime_checkable
class VoiceNetworks(Protocol):
    """Speaks with networks of the user's."""

    def read(self, path: Path, pitch_hz: float = 0.0) -> VoiceModel:
        """Read the network in a file; its bytes identify it from now on.

        `pitch_hz` is the pitch of its voice.

        Raises:
            EngineError: It is not a voice network, or a network it requires is missing.
        """
        ...

    def check(self, model: VoiceModel) -> Mapping[str, object]:
        """Return a description of it, without loading it.

        Raises:
            EngineError: As `read`.
            ConsentError: The file is not the one that was read.
        """
        ...

    def run_trial(self, model: VoiceModel) -> NetworkTrial:
        """Return the description and the time it takes here.

        Raises:
            EngineError: It does not run.
        """
        ...

    def make_engine(self, model: VoiceModel, speaker_hz: float, live: bool) -> VoiceEngine:
        """Return an engine that speaks with its voice.

        Args:
            model: The network.
            speaker_hz: Pitch of the speaker; 0 where it is unknown.
            live: Whether sound must not wait for it: then it returns silence instead of being late.

        Raises:
            EngineError: It does not load.
        """
        ...

    def close(self) -> None:
        """Close all its engines; may be called twice."""
        ...


@runtime_checkable
class SpeechSynthesizer(Protocol):
    """Reads typed sentences aloud, in its own voice that is never heard."""

    @property
    def name(self) -> str:
        """Name for people."""
        ...

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return a sentence as sound (n,) at 48 kHz.

        The caller passes only sentences of `livecam.core.typed_text.split_sentences`.

        Raises:
            EngineError: It cannot be spoken.
        """
        ...
