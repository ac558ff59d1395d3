"""What the stores of personas, voices, enrolments and models have in common."""

from collections.abc import Callable, Collection
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from livecam.consent.revocations import Revocations
from livecam.core.errors import ConsentError, PersonaError, remedy
from livecam.personas.record_store import RecordStore, SignedRecord, StoreText

R = TypeVar("R", bound=SignedRecord)


class SignedStore(Generic[R]):
    """A user's things of one kind, each a folder with a record that was signed here.

    Attributes:
        revocations: What may not be used again.
        now: Calendar time, UTC.
    """

    def __init__(
        self,
        folder: Path,
        within: str,
        read: Callable[[bytes], R],
        renew: Callable[[str], str],
        words: StoreText,
        now: Callable[[], datetime],
        shipped: Callable[[], Collection[str]] = lambda: (),
    ) -> None:
        """Name the place; nothing is read yet.

        Args:
            folder: The user's data folder; made when something is first saved.
            within: The folder in it, such as "personas".
            read: Makes a record of the file's bytes; raises ValueError.
            renew: The command that asks for consent again, for a name.
            words: What messages say about the things.
            now: Calendar time, UTC.
            shipped: The names that are built in.
        """
        self._records = RecordStore(folder, within, read, renew, words, now)
        self._renew, self._words, self._shipped = renew, words, shipped
        self.revocations = Revocations(folder)
        self.now = now

    def names(self) -> tuple[str, ...]:
        """Return the names of what the user keeps, sorted."""
        return self._records.names()

    def record(self, name: str) -> R:
        """Return a record as stored, valid or not.

        Raises:
            PersonaError: Nothing of the user has this name, or its record is damaged.
        """
        return self._records.read(name)

    def folder_of(self, name: str) -> Path:
        """Return where something of the user is kept.

        Raises:
            PersonaError: Nothing of the user has this name.
        """
        return self._records.folder_of(name)

    def remove(self, name: str) -> tuple[Path, ...]:
        """Delete a folder with its record.

        Returns:
            Targets of links: they were not deleted.

        Raises:
            PersonaError: Nothing has this name, or it is built in.
        """
        self.check_removable(name)
        return self._records.remove(name)

    def check_removable(self, name: str) -> None:
        """Refuse to delete what livecam ships.

        Raises:
            PersonaError: It is built in.
        """
        if name in self._shipped():
            raise PersonaError(f"{name} is built in and stays", **remedy(self._words.listed))

    def _read_current(self, name: str, record: R | None = None) -> R:
        """Return the record, read and verified once; call it under the ledger's lock.

        `record` is the one that was just read, where there is one: it is not read again.
        """
        self._records.ledger.see_time()
        self._adopt()
        if record is None or not record.name:  # a record without a name may just have been adopted
            record = self._records.read(name)
        self._check_revoked(name, record)
        self._records.check_signed(name, record)
        self._records.check_current(name, record)
        return record

    def _adopt(self) -> None:
        """Take over records of earlier versions, where there are any."""

    def _check_revoked(self, name: str, record: R) -> None:
        """Refuse what was revoked."""

    def _check_time(self, name: str, record: R) -> None:
        """Refuse a record that does not hold now."""
        if not record.given_at <= self.now() < record.expires_at:
            raise ConsentError(
                f"{self._words.holds.format(name)} from {record.given_at:%Y-%m-%d} to {record.expires_at:%Y-%m-%d}",
                **remedy(self._renew(name)),
            )
