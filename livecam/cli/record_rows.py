"""What commands say alike of the consent records of personas and voices."""

from datetime import datetime
from typing import Protocol

from livecam.core.persona import PersonaKind
from livecam.personas.entry import Entry


class StatedRecord(Protocol):
    """What consent records of faces and voices share."""

    @property
    def kind(self) -> PersonaKind:
        """Which of the three answers was given."""

    @property
    def statement(self) -> str:
        """What was stated."""

    @property
    def purpose(self) -> str:
        """What for; empty in records of earlier versions."""

    @property
    def scope(self) -> str:
        """How far it goes; empty in records of earlier versions."""

    @property
    def given_at(self) -> datetime:
        """When it becomes valid."""

    @property
    def expires_at(self) -> datetime:
        """When it expires."""


def end_of(entry: Entry) -> str:
    """Return when the record of a listed thing ends, in a word."""
    return f"{entry.expires_at:%Y-%m-%d}" if entry.expires_at else "built in" if entry.built_in else "-"


def record_rows(name: str, record: StatedRecord, always: str = "") -> list[tuple[str, str]]:
    """Return name, answer and time of a record; `always` says why it never ends."""
    return [
        ("name", name),
        ("kind", str(record.kind)),
        ("statement", record.statement),
        *([("purpose", record.purpose), ("scope", record.scope)] if record.purpose else []),
        ("given", f"{record.given_at:%Y-%m-%d %H:%M} UTC"),
        ("valid until", always or f"{record.expires_at:%Y-%m-%d %H:%M} UTC"),
    ]
