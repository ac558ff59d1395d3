"""What the detection on a frame says about the pictures sent before it."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class FaceFinding:
    """The outcome of the detection on one frame.

    Attributes:
        clean: The whole frame was searched without an untracked face: pictures up to this one are confirmed.
        stranger: An untracked face is there: pictures since the last settled one are withdrawn.
        overlooked: The quick detections since then could not have found it: those pictures may have shown it.
        unsure: Something entered at the picture's edge, and may be a face that is not visible enough. A picture of
            this frame waits for the next detections.
    """

    clean: bool = False
    stranger: bool = False
    overlooked: bool = False
    unsure: bool = False


NOTHING_KNOWN: Final = FaceFinding()
