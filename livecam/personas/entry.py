"""One line of the list of personas or voices."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from livecam.core.errors import PersonaError
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
        whole_head: Whether its photo has room for mode "head"; None where that is not known.
    """

    name: str
    kind: PersonaKind | None
    expires_at: datetime | None
    built_in: bool
    trouble: str | None
    whole_head: bool | None = None


class ListedRecord(Protocol):
    """What a list shows of a consent record."""

    @property
    def kind(self) -> PersonaKind:
        """Who owns the face or voice."""

    @property
    def expires_at(self) -> datetime:
        """When it expires."""


def describe_entry(name: str, read: Callable[[str], ListedRecord], check: Callable[[str], object]) -> Entry:
    """Return the line of something a user keeps.

    Args:
        name: What it is called.
        read: Returns its record, valid or not; raises PersonaError where there is none.
        check: Raises PersonaError where it may not be used.
    """
    try:
        record = read(name)
    except PersonaError as error:
        return Entry(name, None, None, False, str(error))
    try:
        check(name)
        trouble = None
    except PersonaError as error:
        trouble = str(error)
    return Entry(name, record.kind, record.expires_at, False, trouble)
