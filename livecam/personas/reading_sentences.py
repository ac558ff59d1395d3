"""Sentences that a voice is learned from when they are read aloud.

With those of enrolment, which voices keep word for word, articles 1, 3, 13 and 24 of the Universal Declaration of
Human Rights in the languages of the plate.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from livecam.core.files.reading import parse_json

_TEXTS: Final = parse_json(files("livecam.personas").joinpath("reading_sentences.json").read_text(encoding="utf-8"))
SENTENCES: Final[tuple[str, ...]] = tuple(_TEXTS["enrolment"])
"""Read to the microphone at enrolment; two voices that have read the same are matched sound by sound."""


def sample_sentences(language: str) -> Sequence[str]:
    """Return half a minute of text that a synthesizer's voice is learned from.

    Languages without a text of their own have the English one.
    """
    return tuple(_TEXTS["declaration"].get(language, SENTENCES))
