"""The counters of a run, one field each."""

from dataclasses import dataclass
from typing import Literal

Counted = Literal[
    "captured",
    "camera_errors",
    "sent",
    "sent_new",
    "sent_held",
    "sent_card",
    "held",
    "late",
    "face_lost",
    "textures",
    "texture_failures",
    "enhanced",
    "enhance_failures",
    "blocks",
    "heads_guessed",
]
"""Counters that increase one by one; `unswapped_shown` is an estimate and is set."""


@dataclass(slots=True)
class FrameCounters:
    """Counters of a run; a report shows them as `livecam.core.report.FrameCounts`.

    Attributes:
        captured: Frames grabbed from the source.
        camera_errors: Times the source failed to deliver.
        sent: Pictures handed to the sink.
        sent_new, sent_held, sent_card: Of those, pictures of a new frame, repeats, and cards.
        held: Times a picture was sent again because nothing new could be shown.
        late: Pictures sent after their deadline.
        face_lost: Frames without a face to follow.
        unswapped_shown: The safety counter: an estimate of the pictures sent that showed an unaltered face.
        textures, texture_failures: Textures an engine made, and times it failed.
        enhanced, enhance_failures: Textures an enhancer made finer, and times it failed.
        blocks: Blocks of sound that were converted.
        heads_guessed: Pictures in mode "head" in which no look at the live head was believed.
    """

    captured: int = 0
    camera_errors: int = 0
    sent: int = 0
    sent_new: int = 0
    sent_held: int = 0
    sent_card: int = 0
    held: int = 0
    late: int = 0
    face_lost: int = 0
    unswapped_shown: int = 0
    textures: int = 0
    texture_failures: int = 0
    enhanced: int = 0
    enhance_failures: int = 0
    blocks: int = 0
    heads_guessed: int = 0
