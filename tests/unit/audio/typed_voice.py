"""A synthesizer that speaks at once: something like speech, as long as the sentence."""

import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import EngineError
from tests.unit.audio.voices import voice


class FakeSynthesizer:
    """Speaks 0.05 s a character; "fail" in a sentence is an error."""

    name = "fake"

    def __init__(self) -> None:
        self.sentences: list[str] = []

    def speak(self, sentence: str) -> NDArray[np.float32]:
        """Return sound (n,) at 48 kHz."""
        self.sentences.append(sentence)
        if "fail" in sentence:
            raise EngineError("the synthesizer does not speak", command="livecam doctor")
        return voice(max(0.2, 0.05 * len(sentence)), seed=len(sentence))
