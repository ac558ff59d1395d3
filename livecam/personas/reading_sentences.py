"""Sentences that the user reads aloud to enrol a voice.

The module also has articles 1, 3, 13 and 24 of the Universal Declaration of Human Rights in the languages of the
plate.
"""

from collections.abc import Sequence
from importlib.resources import files
from typing import Final

from livecam.core.files.reading import parse_json

_TEXTS: Final = parse_json(files("livecam.personas").joinpath("reading_sentences.json").read_text(encoding="utf-8"))
SENTENCES: Final[tuple[str, ...]] = tuple(_TEXTS["enrolment"])
"""Sentences of the enrolment.

Two voices that have read the same are matched sound by sound.
"""


def sample_sentences(language: str) -> Sequence[str]:
    """Return half a minute of text for learning a synthesizer's voice.

    Languages without their own text have the English one.
    """
    return tuple(_TEXTS["declaration"].get(language, SENTENCES))
