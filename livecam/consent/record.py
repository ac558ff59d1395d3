"""The right to use a face: possible statements, and how long they are valid."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from livecam.core.persona import ConsentRecord, PersonaKind

VALID_MONTHS: Final = 12
PURPOSE: Final = "To be shown on a live face, or in a recording of it, marked as AI modified in every picture."
SCOPE: Final = (
    "By the person who made this statement, with livecam on their own computers; not to be passed on to others."
)


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """One of the three answers to the question who owns a face.

    It has a short form, its meaning, and its statement.
    """

    short: str
    means: str
    statement: str


ANSWERS: Final[Mapping[PersonaKind, ConsentAnswer]] = {
    PersonaKind.OWN: ConsentAnswer(
        "my own face",
        "The photo shows you and no other person.",
        "This is my own face.",
    ),
    PersonaKind.CONSENTED: ConsentAnswer(
        "a person who agreed",
        "An adult who knows that you will appear live with this face and said yes to it; a no ends it at any time.",
        "The person in this photo is an adult, knows that I appear live with this face, and has agreed to it. "
        "I stop when this person asks me to.",
    ),
    PersonaKind.SYNTHETIC: ConsentAnswer(
        "a generated face",
        "A picture a program made, that shows and imitates no real person.",
        "This face was generated and belongs to nobody; it imitates no real person.",
    ),
}


def new_record(kind: PersonaKind, photo_sha256: str, now: datetime) -> ConsentRecord:
    """Return the record of an answer given now, valid for twelve months."""
    return ConsentRecord(kind, photo_sha256, ANSWERS[kind].statement, now, add_year(now), PURPOSE, SCOPE)


def add_year(moment: datetime) -> datetime:
    """Return the same day twelve months later; 28 February for a leap day."""
    is_leap_day = (moment.month, moment.day) == (2, 29)
    return moment.replace(year=moment.year + 1, day=28 if is_leap_day else moment.day)
