"""Which label of the EU Code of Practice an output carries; every way of making one has to choose."""

from enum import StrEnum
from typing import Literal, assert_never

Mode = Literal["swap", "head", "puppet"]
"""How a picture is made: the persona on the live face, its whole head on the live body, or its whole photo."""
Speech = Literal["converted", "typed"]
"""How a voice is made: from a live or a recorded one, or from text."""


class Label(StrEnum):
    """What people are told; the value is the wording of the Code."""

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
    """Return the label of a voice: GENERATED where no live voice is under it."""
    match speech:
        case "converted":
            return Label.MODIFIED
        case "typed":
            return Label.GENERATED
        case _:
            assert_never(speech)
