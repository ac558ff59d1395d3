"""One line of the doctor's report."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """What a finding means for a session."""

    OK = "ok"
    NOTE = "note"
    """Works without it, or works worse."""
    FAIL = "fail"
    """Something the user asked for cannot work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, what was found, and the one command or step that mends it."""

    topic: str
    health: Health
    found: str
    fix: str = ""
