"""What a look at a frame says about the pictures sent before it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FaceFinding:
    """The outcome of the look at one frame.

    Attributes:
        clean: The whole frame was searched without an untracked face: pictures up to this one are confirmed.
        stranger: An untracked face is there: pictures since the last settled one are withdrawn.
        overlooked: The quick looks since then could not have seen it: those pictures may have shown it.
        unsure: Something came in at the picture's edge, and may be a face as yet too little in to be seen: a picture of
            this frame waits for the next looks.
    """

    clean: bool = False
    stranger: bool = False
    overlooked: bool = False
    unsure: bool = False


NOTHING_KNOWN: Final = FaceFinding()
