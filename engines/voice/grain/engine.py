"""The embedded voice engine: persona's statistics in, a streaming engine out.

No network, nothing to download.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.fit import fit_mapping
from engines.voice.grain.frames import Decimator
from engines.voice.grain.learn import learn_statistics
from engines.voice.grain.stream import GrainStream, rate_factor
from livecam.core.errors import EngineError
from livecam.core.framing import StatefulVoice
from livecam.core.ports import VoiceEngine
from livecam.core.voice import SentenceSpan, VoiceStatistics


class GrainMaker:
    """Learns voices and makes engines that speak with them; stateless."""

    def learn(
        self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[SentenceSpan] = ()
    ) -> VoiceStatistics:
        """Return the statistics of one person's speech (n,) at 16, 32 or 48 kHz.

        `readings` say where known sentences are read.

        Raises:
            EngineError: Another rate.
            VoiceError: Too little speech.
        """
        factor = rate_factor(rate_hz)
        whole = len(samples) - len(samples) % factor
        slower = [SentenceSpan(each.sentence, each.begin // factor, each.end // factor) for each in readings]
        return learn_statistics(Decimator(factor)(samples[:whole].astype(np.float64)), slower)

    def make_engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """Return an engine that turns the speaker's voice into the target's.

        Raises:
            EngineError: No map from one to the other can be solved.
        """
        try:
            mapping = fit_mapping(speaker, target)
        except np.linalg.LinAlgError as error:
            raise EngineError(
                f"no map from one voice to the other can be learned: {error}", advice="add --voice-engine vocoder"
            ) from error
        return StatefulVoice(lambda rate_hz: GrainStream(rate_hz, mapping))


def open_passthrough() -> VoiceEngine:
    """Return an engine that analyses and rebuilds a voice unchanged.

    What is lost is the method's own.
    """
    return StatefulVoice(lambda rate_hz: GrainStream(rate_hz, None))


def open_maker() -> GrainMaker:
    """Entry point `grain`."""
    return GrainMaker()
