"""The embedded voice engine: persona's statistics in, a streaming engine out. No network, nothing to download."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.voice.grain.fit import fit
from engines.voice.grain.frames import Decimator
from engines.voice.grain.learn import statistics_of
from engines.voice.grain.stream import GrainStream, factor_of
from livecam.core.errors import EngineError
from livecam.core.framing import StatefulVoice
from livecam.core.ports import VoiceEngine
from livecam.core.voice import Reading, VoiceStatistics


class GrainMaker:
    """Learns voices and makes engines that speak with them; stateless."""

    def learn(self, samples: NDArray[np.float32], rate_hz: int, readings: Sequence[Reading] = ()) -> VoiceStatistics:
        """The statistics of one person's speech (n,), at 16, 32 or 48 kHz, and where in it known sentences are read.

        Raises:
            EngineError: Another rate.
            VoiceError: Too little speech.
        """
        factor = factor_of(rate_hz)
        whole = len(samples) - len(samples) % factor
        slower = [Reading(each.sentence, each.begin // factor, each.end // factor) for each in readings]
        return statistics_of(Decimator(factor)(samples[:whole].astype(np.float64)), slower)

    def engine(self, speaker: VoiceStatistics, target: VoiceStatistics) -> VoiceEngine:
        """An engine that turns the speaker's voice into the target's.

        Raises:
            EngineError: No map from one to the other can be solved.
        """
        try:
            mapping = fit(speaker, target)
        except np.linalg.LinAlgError as error:
            raise EngineError(
                f"no map from one voice to the other can be learned: {error}", advice="add --voice-engine vocoder"
            ) from error
        return StatefulVoice(lambda rate_hz: GrainStream(rate_hz, mapping))


def unchanged() -> VoiceEngine:
    """An engine that takes a voice apart and puts it together as it was: what is lost is the method's own."""
    return StatefulVoice(lambda rate_hz: GrainStream(rate_hz, None))


def open_maker() -> GrainMaker:
    """Entry point `grain`."""
    return GrainMaker()
