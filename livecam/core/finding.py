"""One line of the doctor's report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    """What was looked at, what was found, the one command or step that mends it, and what was measured, for scripts."""

    topic: str
    health: Health
    found: str
    fix: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
