"""One line of the doctor's report."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Health(StrEnum):
    """Meaning of a finding for a session."""

    OK = "ok"
    NOTE = "note"
    """livecam runs without it, or runs worse."""
    FAIL = "fail"
    """Something the user asked for cannot work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of `livecam doctor`.

    It has what was examined, what was found, the fix, and measured values for scripts.
    """

    topic: str
    health: Health
    found: str
    fix: str = ""
    figures: Mapping[str, object] = field(default_factory=dict)
