"""Convert a speaker who is not enrolled.

livecam first listens in silence, and converts the voice once it is known.
"""

from collections.abc import Callable
from threading import Event, Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.audio import AudioBlock
from livecam.core.errors import VoiceError
from livecam.core.framing import Floats, to_block
from livecam.core.ports import VoiceEngine
from livecam.core.voice import VoiceStatistics, is_similar

_FIRST_S: Final = 4.0
_STEP: Final = 1.3
_MOST_S: Final = 60.0
_FADE_S: Final = 0.05
_LOOK_S: Final = 0.1


class LearningVoice:
    """A `VoiceEngine` that is silent until it has learned the speaker's voice.

    One thread processes, another runs `run`.

    Args:
        learn: The statistics of speech (n,) float32 at a rate; raises VoiceError where it is too little.
        make: Makes the engine for a speaker of these statistics; all engines have the same latency.
        target: The voice the speech is converted to.

    Attributes:
        known: Whether the speaker's voice is known.
        refused: Whether the speaker is too similar to the target. The engine would change nothing, so it stays
            silent.
        speaker: Statistics of the speaker; None before they are learned.
    """

    def __init__(
        self,
        learn: Callable[[NDArray[np.float32], int], VoiceStatistics],
        make: Callable[[VoiceStatistics], VoiceEngine],
        target: VoiceStatistics,
    ) -> None:
        self._learn, self._make, self._target, self._stand_in = learn, make, target, make(target)
        self.refused = False
        self._lock = Lock()
        self._heard: list[NDArray[np.float32]] = []
        self._heard_samples = self._faded = 0
        self._rate_hz, self._hop, self._wanted_s = 0, 0, _FIRST_S
        self._engine: VoiceEngine | None = None
        self.speaker: VoiceStatistics | None = None

    @property
    def is_known(self) -> bool:
        """Whether the speaker's voice is known."""
        return self._engine is not None

    @property
    def latency_samples(self) -> int:
        """Latency of every engine that may follow."""
        return self._stand_in.latency_samples

    def prepare(self, rate_hz: int, hop: int) -> None:
        """Prepare to listen.

        Raises:
            EngineError: A rate the engine does not take.
        """
        self._rate_hz, self._hop = rate_hz, hop
        self._stand_in.prepare(rate_hz, hop)

    def process(self, block: AudioBlock) -> AudioBlock:
        """Return silence while it listens, then the converted block."""
        engine = self._engine
        if engine is not None:
            converted = engine.process(block).samples[:, 0].astype(np.float64)
            return to_block(self._rising(converted), block)
        with self._lock:
            self._heard.append(block.samples[:, 0].copy())
            self._heard_samples += len(block.samples)
        return to_block(np.zeros(len(block.samples)), block)

    def reset(self) -> None:
        """Forget past sound, not the speaker."""
        if self._engine is not None:
            self._engine.reset()

    def run(self, stopping: Event) -> None:
        """Learn as soon as there is enough speech."""
        while not stopping.is_set() and not self.turn():
            stopping.wait(_LOOK_S)

    def turn(self) -> bool:
        """Try to learn once if there is new speech; return whether the speaker is known."""
        with self._lock:
            if self._heard_samples < self._wanted_s * self._rate_hz:
                return False
            sound = np.concatenate(self._heard)
        try:
            speaker = self._learn(sound, self._rate_hz)
        except VoiceError:
            # More has to be said. Of a long silence only the end is kept.
            self._wanted_s = min(self._wanted_s * _STEP, _MOST_S)
            self._keep(round(_MOST_S / 2 * self._rate_hz))
            return False
        if is_similar(speaker, self._target):
            self.refused = True
            self._keep(0)
            return False
        engine = self._make(speaker)
        engine.prepare(self._rate_hz, self._hop)
        self._engine, self.speaker = engine, speaker
        self._keep(0)
        return True

    def _keep(self, samples: int) -> None:
        with self._lock:
            sound = np.concatenate(self._heard)
            if len(sound) > 2 * samples:
                self._heard = [sound[len(sound) - samples :]]
                self._heard_samples = samples

    def _rising(self, sound: Floats) -> Floats:
        fade = round(_FADE_S * self._rate_hz)
        rise = np.clip((self._faded + np.arange(len(sound))) / fade, 0, 1)
        self._faded = min(self._faded + len(sound), fade)
        return np.asarray(sound * rise)
