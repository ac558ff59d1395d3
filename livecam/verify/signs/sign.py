"""The form of a sign: what it can tell, and how it is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from livecam.verify.signs.series import FaceWindow


@dataclass(frozen=True, slots=True)
class SignValue:
    """A sign as it was measured in one window.

    Attributes:
        score: The number that is compared with clips of known origin.
        figures: What a person reads, by name, each with its unit.
        at_s: The second at which it shows best.
    """

    score: float
    figures: Mapping[str, str] = field(default_factory=dict)
    at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign.

    Attributes:
        name: As in JSON and in the data file.
        title: As a heading.
        definition: What is measured, one sentence.
        can: What it can tell.
        cannot: What it cannot tell.
        higher: What a high score is called.
        lower: What a low score is called.
        read: Returns the value in a window, or why it cannot be measured there.
    """

    name: str
    title: str
    definition: str
    can: str
    cannot: str
    higher: str
    lower: str
    read: Callable[[FaceWindow], SignValue | str]
