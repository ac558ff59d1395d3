"""One line of the list of personas."""

from dataclasses import dataclass
from datetime import datetime

from livecam.core.persona import PersonaKind


@dataclass(frozen=True, slots=True)
class Entry:
    """A persona as a list shows it.

    Attributes:
        name: What it is called.
        kind: Who owns the face; None when its record cannot be read.
        expires_at: When its record ends; None for a built-in face or an unreadable record.
        built_in: Whether it came with the program.
        trouble: Why it cannot be used, in one line; None when it can.
    """

    name: str
    kind: PersonaKind | None
    expires_at: datetime | None
    built_in: bool
    trouble: str | None
