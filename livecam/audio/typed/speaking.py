"""Speak typed text into the voice engine.

It splits text, synthesizes sentences, and puts them where a microphone would be.
"""

from collections.abc import Iterator
from queue import Empty, Queue
from threading import Event
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.typed.microphone import TypedMicrophone
from livecam.core.errors import LivecamError
from livecam.core.ports import SpeechSynthesizer
from livecam.core.typed_text import split_sentences
from livecam.disclosure.sound.marker import RATE_HZ

PAUSE: Final = round(0.25 * RATE_HZ)
"""Samples of silence after every sentence."""
_LOOK_S: Final = 0.05
_PEAK: Final = 0.5


def speak_text(text: str, synthesizer: SpeechSynthesizer) -> Iterator[NDArray[np.float32]]:
    """Yield the sentences of a text as sound (n,) at 48 kHz, with pauses.

    Raises:
        UsageError: The text is too long.
        EngineError: A sentence cannot be spoken.
    """
    for sentence in split_sentences(text):
        yield speak_sentence(sentence, synthesizer)


def speak_sentence(sentence: str, synthesizer: SpeechSynthesizer) -> NDArray[np.float32]:
    """Return a sentence as sound (n,) at 48 kHz, followed by a pause.

    Raises:
        EngineError: It cannot be spoken.
    """
    sound = synthesizer.speak(sentence)
    peak = float(np.abs(sound).max(initial=0.0))
    gain = np.float32(min(1.0, _PEAK / max(peak, 1e-6)))
    return np.concatenate([gain * sound, np.zeros(PAUSE, np.float32)]).astype(np.float32)


class TypedSpeech:
    """Speaks texts one after the other into a `TypedMicrophone`.

    Any thread may call `say`; one thread runs `run`.

    Attributes:
        said: Texts that were taken.
        done: Texts that the synthesizer has spoken completely, or that failed.
    """

    def __init__(self, synthesizer: SpeechSynthesizer, microphone: TypedMicrophone) -> None:
        self._synthesizer, self._microphone = synthesizer, microphone
        self._texts: Queue[str] = Queue()
        self.said = self.done = 0

    def say(self, text: str) -> None:
        """Queue a text."""
        self.said += 1
        self._texts.put(text)

    @property
    def is_silent(self) -> bool:
        """Whether everything that was said has reached the voice engine."""
        return self.done == self.said and not self._microphone.waiting_samples

    def run(self, stopping: Event) -> None:
        """Speak until the session ends."""
        while not stopping.is_set():
            self.turn(stopping)

    def turn(self, stopping: Event) -> None:
        """Speak the next text, if there is one."""
        try:
            text = self._texts.get(timeout=_LOOK_S)
        except Empty:
            return
        try:
            self._speak(text, stopping)
            self._microphone.trouble = None
        except LivecamError as error:
            self._microphone.trouble = str(error)
        finally:
            self.done += 1

    def _speak(self, text: str, stopping: Event) -> None:
        for sentence in split_sentences(text):
            while not self._microphone.has_room() and not stopping.wait(_LOOK_S):
                pass
            if stopping.is_set():
                return
            self._microphone.put(speak_sentence(sentence, self._synthesizer))
