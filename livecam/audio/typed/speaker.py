"""Learn a synthesizer's own voice, as that of any speaker.

The engine needs it to change that voice.
"""

import hashlib
import logging
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import LivecamError
from livecam.core.files.reading import read_at_most
from livecam.core.files.writing import replace_file
from livecam.core.ports import SpeechSynthesizer
from livecam.core.voice import SentenceSpan, Voice, VoiceStatistics
from livecam.disclosure.sound.marker import RATE_HZ
from livecam.personas.reading_sentences import sample_sentences
from livecam.personas.voice_file import voice_from_bytes, voice_to_bytes
from livecam.plugins import open_voice_maker

_LOG = logging.getLogger(__name__)
_FOLDER: Final = "synthesizers"
_MOST_BYTES: Final = 1 << 20


def learn_synthesizer(
    synthesizer: SpeechSynthesizer, language: str, target: Voice, folder: Path, trusted: Collection[str] = ()
) -> VoiceStatistics | None:
    """Return the statistics of a synthesizer's voice.

    None where the target is a network, which needs none. Learning takes seconds, so the data folder keeps them under
    a hash of the synthesizer's sound.

    Args:
        synthesizer: What reads typed text.
        language: As in "de".
        target: The voice that is heard.
        folder: The data folder.
        trusted: Packages that may replace livecam's own engines.

    Raises:
        EngineError: It does not speak.
        VoiceError: What it speaks is no speech.
    """
    if not isinstance(target, VoiceStatistics):
        return None
    sentences = sample_sentences(language)
    first = synthesizer.speak(sentences[0])
    kept = folder / _FOLDER / f"{_fingerprint(synthesizer.name, first)}.voice"
    known = _read(kept)
    if known is not None:
        return known
    sounds = [first, *(synthesizer.speak(sentence) for sentence in sentences[1:])]
    ends = np.cumsum([len(sound) for sound in sounds]).tolist()
    spans = zip(sentences, sounds, ends, strict=True)
    readings = [SentenceSpan(sentence, end - len(sound), end) for sentence, sound, end in spans]
    learned = open_voice_maker(trusted=trusted).learn(np.concatenate(sounds), RATE_HZ, readings)
    _keep(kept, learned)
    return learned


def _fingerprint(name: str, sound: NDArray[np.float32]) -> str:
    """Return a hash of a synthesizer.

    Another version or voice speaks the sentence differently.
    """
    return hashlib.sha256(name.encode() + sound.tobytes()).hexdigest()[:32]


def _read(path: Path) -> VoiceStatistics | None:
    """Read kept statistics; None where there are none, or they are broken."""
    try:
        return voice_from_bytes(read_at_most(path, _MOST_BYTES))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None


def _keep(path: Path, voice: VoiceStatistics) -> None:
    """Keep statistics.

    Where they cannot be written, each start learns again.
    """
    try:
        replace_file(path, voice_to_bytes(voice))
    except LivecamError as error:
        _LOG.info("the synthesizer's voice is not kept: %s", error)
