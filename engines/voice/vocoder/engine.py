"""The spare voice engine.

Everything is synthesised from pulses and noise, so it takes any rate and sounds buzzy.

What it shares with `grain` is the analysis and the map; nothing of the speaker's own sound is in what it gives.
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.engine import open_maker as open_grain
from engines.voice.grain.fit import fit_mapping
from engines.voice.grain.mapping import Mapping
from engines.voice.vocoder.stream import VocoderCore
from livecam.core.framing import StatefulVoice
from livecam.core.ports import VoiceEngine
from livecam.core.voice import SentenceSpan, VoiceStatistics


class VocoderMaker:
    """Makes engines of the statistics that `grain` learns; stateless."""

    def learn(
        self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[SentenceSpan] = ()
    ) -> VoiceStatistics:
        """Return the statistics of one person's speech (n,) at 16, 32 or 48 kHz.

        `readings` say where known sentences are read.

        Raises:
            EngineError: Another rate.
            VoiceError: Too little speech.
        """
        return open_grain().learn(samples, rate_hz, readings)

    def make_engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """Return an engine that turns the speaker's voice into the target's.

        By averages alone where no map can be solved.
        """
        mapping = _mapping(speaker, target)
        return StatefulVoice(lambda rate_hz: VocoderCore(rate_hz, mapping))


def _mapping(speaker: VoiceStatistics, target: VoiceStatistics) -> Mapping:
    try:
        return fit_mapping(speaker, target)
    except np.linalg.LinAlgError:
        return fit_mapping(replace(speaker, speech_s=0.0), target)


def open_passthrough() -> VoiceEngine:
    """Return an engine that analyses and rebuilds a voice unchanged.

    What is lost is the method's own.
    """
    return StatefulVoice(lambda rate_hz: VocoderCore(rate_hz, None))


def open_maker() -> VocoderMaker:
    """Entry point `vocoder`."""
    return VocoderMaker()
