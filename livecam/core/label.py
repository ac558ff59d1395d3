"""Choose the label of the EU Code of Practice that an output carries."""

from enum import StrEnum
from typing import Literal, assert_never

Mode = Literal["swap", "head", "puppet"]
"""How a picture is made.

"swap" draws the persona on the live face, "head" its whole head on the live body, "puppet" moves its whole photo.
"""
Speech = Literal["converted", "typed"]
"""How a voice is made: from a live or recorded one, or from text."""


class Label(StrEnum):
    """Label that viewers read; the value is the wording of the Code."""

    MODIFIED = "AI MODIFIED"
    GENERATED = "AI GENERATED"


def label_of(mode: Mode) -> Label:
    """Return the label of pictures: GENERATED where nothing live is visible."""
    match mode:
        case "swap" | "head":
            return Label.MODIFIED
        case "puppet":
            return Label.GENERATED
        case _:
            assert_never(mode)


def label_of_speech(speech: Speech) -> Label:
    """Return the label of a voice: GENERATED where it is not a converted voice."""
    match speech:
        case "converted":
            return Label.MODIFIED
        case "typed":
            return Label.GENERATED
        case _:
            assert_never(speech)
