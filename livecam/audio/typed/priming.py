"""Let the guard judge an engine before typed speech is heard.

It uses the voice that the engine will change.
"""

from typing import Final

import numpy as np

from livecam.audio.pipeline import HOP, VoicePipeline
from livecam.core.audio import AudioBlock
from livecam.core.ports import SpeechSynthesizer
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.personas.reading_sentences import sample_sentences

_SPEECH: Final = round(1.6 * RATE_HZ)
_QUIET: Final = round(0.3 * RATE_HZ)


def prime(line: VoicePipeline, synthesizer: SpeechSynthesizer, language: str) -> None:
    """Send a sentence through the engine and its guard, and drop the output.

    The guard starts muted, and opens when it has heard another voice. With a microphone, that costs the first
    syllable. Typed speech loses nothing, and the guard stays in its place.

    Raises:
        EngineError: The synthesizer does not speak.
    """
    sentence = synthesizer.speak(sample_sentences(language)[0])[:_SPEECH]
    sound = np.concatenate([sentence, np.zeros(_QUIET + -(len(sentence) + _QUIET) % HOP, np.float32)])
    for begin in range(0, len(sound), HOP):
        line.drop(AudioBlock(sound[begin : begin + HOP, None], RATE_HZ, begin, 0))
