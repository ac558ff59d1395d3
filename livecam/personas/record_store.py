"""Folders with a signed record each, for personas and voices on disk."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Generic, Protocol, TypeVar

from livecam.consent.ledger import Ledger
from livecam.consent.record_key import LARGEST_RECORD_BYTES, RecordKey, verify_entries
from livecam.core.errors import ConsentError, PersonaError, remedy
from livecam.core.files.errors import reason_of
from livecam.core.files.private import private_folder, read_at_most, remove_folder, write_folder
from livecam.personas.names import is_name

RECORD: Final = "record.json"


def hash_bytes(data: bytes) -> str:
    """Return the SHA-256 by which records name files, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class SignedRecord(Protocol):
    """What the records of personas and voices share."""

    @property
    def name(self) -> str:
        """What it belongs to; empty in records of earlier versions."""

    @property
    def signed_by(self) -> str | None:
        """The public key that signed it; None: not signed."""

    @property
    def digest(self) -> str:
        """SHA-256 of what was signed."""

    @property
    def given_at(self) -> datetime:
        """When it becomes valid."""

    @property
    def expires_at(self) -> datetime:
        """When it expires."""


@dataclass(frozen=True, slots=True)
class StoreText:
    """Words of the store's messages.

    Attributes:
        thing: "persona" or "voice"; also the kind in the ledger.
        listed: The command that lists them.
        start_again: What to do where record or file are damaged; `{}` is the name.
        holds: What "from" a day "to" another is said of; `{}` is the name.
    """

    thing: str
    listed: str
    start_again: str
    holds: str = "the consent for {} holds"


R = TypeVar("R", bound=SignedRecord)


class RecordStore(Generic[R]):
    """Folders `FOLDER/NAME`, each with files and a `record.json` of their hashes.

    Args:
        data_folder: The user's data folder; made when something is first kept.
        folder: The folder in it, such as "personas".
        read: Parses a record; raises ValueError.
        answer_again: The command that asks again, for a name.
        words: Words of the messages.
        now: Calendar time, UTC.
    """

    def __init__(
        self,
        data_folder: Path,
        folder: str,
        read: Callable[[bytes], R],
        answer_again: Callable[[str], str],
        words: StoreText,
        now: Callable[[], datetime],
    ) -> None:
        self._data_folder, self._folder = data_folder, data_folder / folder
        self._parse, self._answer_again, self._words = read, answer_again, words
        self.key = RecordKey(data_folder)
        self.ledger = Ledger(data_folder, self.key, now)

    def names(self) -> tuple[str, ...]:
        """Return what is kept, sorted."""
        if not self._folder.is_dir():
            return ()
        return tuple(sorted(item.name for item in self._folder.iterdir() if is_name(item.name)))

    def folder_of(self, name: str) -> Path:
        """Return where something is kept.

        Raises:
            PersonaError: There is nothing of that name.
        """
        if name not in self.names():
            raise PersonaError(f'there is no {self._words.thing} "{name}"', **remedy(self._words.listed))
        return self._folder / name

    def links_of(self, name: str) -> tuple[Path, ...]:
        """Return the targets of links in place of a folder or inside it.

        Those files are not the store's.

        Raises:
            PersonaError: There is nothing of that name.
        """
        folder = self.folder_of(name)
        if folder.is_symlink():
            return (folder.resolve(),)
        return tuple(sorted(item.resolve() for item in folder.iterdir() if item.is_symlink()))

    def read(self, name: str) -> R:
        """Return the record as stored, valid or not.

        Raises:
            PersonaError: There is nothing of that name.
            ConsentError: A link, or the record is missing or damaged.
        """
        folder, again = self.folder_of(name), self._words.start_again.format(name)
        try:
            if self.links_of(name):
                raise ConsentError(
                    f"{name} is or holds a link to another folder, which is not used",
                    advice=f"run: livecam {self._words.thing} remove {name} (removes the link alone)",
                )
            return self._parse(read_at_most(folder / RECORD, LARGEST_RECORD_BYTES))
        except FileNotFoundError:
            raise ConsentError(f"{name} has no consent record", **remedy(again)) from None
        except (OSError, ValueError) as error:
            raise ConsentError(
                f"the consent record of {name} is damaged: {reason_of(error)}", **remedy(again)
            ) from error

    def check_signed(self, name: str, record: R) -> None:
        """Refuse a record that is unsigned, signed elsewhere, or of another name.

        Raises:
            ConsentError: It is one of these.
        """
        again = self._answer_again(name)
        if record.signed_by is None:
            raise ConsentError(
                f"the consent for {name} was kept by an earlier version, which did not sign it: it is asked for once "
                "more",
                **remedy(again),
            )
        if record.signed_by != self.key.public:
            raise ConsentError(
                f"the consent for {name} was signed on another computer, or this one has lost its key", **remedy(again)
            )
        if record.name not in ("", name):
            raise ConsentError(
                f"the record in {name} was given for {record.name}: a copy is not a {self._words.thing} of its own",
                command=f"livecam {self._words.thing} remove {name}",
            )

    def check_current(self, name: str, record: R) -> None:
        """Refuse a record that is not the latest this installation made for the name.

        Raises:
            ConsentError: It is an older one, or one that was removed.
        """
        known = self.ledger.read().records.get(self._key_of(name))
        if known != record.digest:
            what = "is not the last one that was given" if known else "was removed here, or is not known here"
            raise ConsentError(
                f"the record of {name} {what}: it was put back from a copy", **remedy(self._answer_again(name))
            )

    def file(self, name: str, file: str, sha256: str) -> bytes:
        """Return a file, checked against the hash in the record.

        Raises:
            ConsentError: It cannot be read, or is another.
        """
        again = self._words.start_again.format(name)
        try:
            data = (self.folder_of(name) / file).read_bytes()
        except OSError as error:
            raise ConsentError(f"{file} of {name} cannot be read: {error.strerror}", **remedy(again)) from error
        if hash_bytes(data) != sha256:
            raise ConsentError(f"{file} of {name} is not the one the consent was given for", **remedy(again))
        return data

    def keep(self, name: str, contents: Mapping[str, bytes], record: bytes) -> None:
        """Keep files with their record, which is the valid one from now on.

        It replaces what had the name.

        Raises:
            ConsentError: The clock is behind, or the ledger cannot be read.
        """
        private_folder(self._data_folder)
        with self.ledger.lock():
            self.ledger.see_time()
            folder = self._folder / name
            if folder.is_symlink():
                folder.unlink()
            write_folder(folder, {**contents, RECORD: record})
            self.ledger.issue(self._key_of(name), verify_entries(record).digest)

    def remove(self, name: str) -> tuple[Path, ...]:
        """Delete a folder, or a link without its target.

        Returns:
            Targets of links: these files stay.

        Raises:
            PersonaError: There is nothing of that name.
        """
        with self.ledger.lock():
            left = self.links_of(name)
            folder = self.folder_of(name)
            if folder.is_symlink():
                folder.unlink()
            else:
                remove_folder(folder)
            self.ledger.drop(self._key_of(name))
        return left

    def adopt(self, upgrade: Callable[[str, R], bytes]) -> None:
        """Adopt the records of earlier versions, which have no name.

        This happens once, each record for its own folder. A record in two folders is adopted for neither. Where a
        record has a name, the ledger existed and is gone: nothing is adopted.

        Args:
            upgrade: Returns the record with its name, as bytes. It raises PersonaError where its files are not right.
        """
        thing = self._words.thing
        with self.ledger.lock():
            if thing in self.ledger.read().adopted:
                return
            found = self._old_records()
            if found is None:
                return
            digests = [record.digest for record in found.values()]
            for name, record in found.items():
                if digests.count(record.digest) == 1:
                    self._adopt(name, record, upgrade)

    def _adopt(self, name: str, record: R, upgrade: Callable[[str, R], bytes]) -> None:
        try:
            data = upgrade(name, record)
        except PersonaError:
            return  # it says so itself when it is used
        folder = self._folder / name
        files = {item.name: item.read_bytes() for item in folder.iterdir() if item.name != RECORD}
        write_folder(folder, {**files, RECORD: data})
        self.ledger.issue(self._key_of(name), verify_entries(data).digest)

    def _old_records(self) -> Mapping[str, R] | None:
        """Return the records that were signed here without a name, by folder.

        None where one has a name, or there is no record at all.
        """
        found: dict[str, R] = {}
        for name in self.names():
            try:
                record = self.read(name)
            except PersonaError:
                continue
            if record.name:
                return None
            if record.signed_by is not None and record.signed_by == self.key.public:
                found[name] = record
        return found or None

    def _key_of(self, name: str) -> str:
        return f"{self._words.thing}/{name}"
