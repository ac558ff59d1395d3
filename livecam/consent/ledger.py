"""What this installation remembers between uses, signed.

It has the latest time seen, and the valid record of each name.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from livecam.consent.record_key import RecordKey, sign_entries, verify_entries
from livecam.core.errors import ConsentError
from livecam.core.files.errors import reason_of
from livecam.core.files.lock import lock_folder
from livecam.core.files.private import private_folder, read_at_most, replace_file

PATIENCE: Final = timedelta(days=1)
"""How far behind the latest time seen a clock counts as put back.

Time zones and small corrections are smaller.
"""
_ALL: Final = ("persona", "voice")
_STEP: Final = timedelta(minutes=10)
_LARGEST_BYTES: Final = 5_000_000


@dataclass(frozen=True, slots=True)
class Entries:
    """The content of the ledger.

    Attributes:
        latest: The latest time any use has seen, UTC; None before the first.
        records: SHA-256 of the valid record, by "persona/NAME" or "voice/NAME".
        adopted: Kinds with an issued record. Records of earlier versions were adopted before that.
    """

    latest: datetime | None = None
    records: Mapping[str, str] = field(default_factory=dict)
    adopted: tuple[str, ...] = ()


class Ledger:
    """The ledger of one data folder, `ledger.json`, signed with the record key.

    Args:
        folder: The data folder; nothing is read or made yet.
        key: Signs the ledger.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, key: RecordKey, now: Callable[[], datetime]) -> None:
        self._folder, self._path, self._key, self._now = folder, folder / "ledger.json", key, now
        self._guard = threading.RLock()
        self._depth = 0

    @property
    def path(self) -> Path:
        """Path of the ledger's file."""
        return self._path

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Prevent other threads and processes from changing records and ledger.

        Locks may be nested.
        """
        with self._guard, ExitStack() as held:
            if self._depth == 0 and self._folder.is_dir():
                held.enter_context(lock_folder(self._folder))
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1

    def see_time(self) -> None:
        """Remember the time, to detect a clock that is put back later.

        Raises:
            ConsentError: The clock is more than a day behind the latest time seen, or the ledger cannot be read.
        """
        now = self._now()
        with self.lock():
            entries = self.read()
            latest = entries.latest
            if latest is not None and now < latest - PATIENCE:
                raise ConsentError(
                    f"this computer's clock says {now:%Y-%m-%d}, livecam was used on {latest:%Y-%m-%d} already",
                    advice="set the clock. If it was ahead then, run: livecam persona renew NAME",
                )
            if (latest is None or now > latest + _STEP) and self._path.exists():
                with suppress(OSError):  # a folder that is read-only allows use, it only remembers nothing
                    self._write(replace(entries, latest=now))

    def is_behind(self) -> bool:
        """Whether the clock is more than a day behind the latest time seen."""
        latest = self.read().latest
        return latest is not None and self._now() < latest - PATIENCE

    def start_over(self) -> None:
        """Accept the present time of the clock; every record must be confirmed again."""
        with self.lock():
            self._write(replace(self.read(), latest=self._now(), records={}))

    def issue(self, key: str, sha256: str) -> None:
        """Make this record the only valid one of a name.

        The name is "persona/NAME" or "voice/NAME".
        """
        with self.lock():
            entries = self.read()
            latest = max(self._now(), entries.latest or self._now())
            adopted = tuple(sorted({*entries.adopted, key.partition("/")[0]}))
            self._write(Entries(latest, {**entries.records, key: sha256}, adopted))

    def drop(self, key: str) -> None:
        """Forget the valid record of a name."""
        with self.lock():
            entries = self.read()
            if key in entries.records:
                left = {name: digest for name, digest in entries.records.items() if name != key}
                self._write(replace(entries, records=left))

    def read(self) -> Entries:
        """Return its contents; empty where there is no file.

        Raises:
            ConsentError: It cannot be read, or was edited.
        """
        try:
            read = verify_entries(read_at_most(self._path, _LARGEST_BYTES))
            if read.signed_by is None:
                raise ValueError("it is not signed")
            entries = _entries(read.item)
            # Of another key, when the own one was lost: no record of it counts, and none is taken over either.
            return entries if read.signed_by == self._key.public else replace(entries, records={}, adopted=_ALL)
        except (FileNotFoundError, NotADirectoryError):
            return Entries()
        except (OSError, ValueError) as error:
            raise ConsentError(
                f"{self._path}, which says which records count, cannot be read: {reason_of(error)}",
                advice=f"put it back, or remove {self._path} and run: livecam persona renew NAME",
            ) from error

    def _write(self, entries: Entries) -> None:
        item = {
            "schema": 1,
            "about": "ledger",
            "latest": None if entries.latest is None else entries.latest.astimezone(UTC).isoformat(),
            "records": dict(entries.records),
            "adopted": list(entries.adopted),
        }
        private_folder(self._folder)
        replace_file(self._path, sign_entries(item, self._key))


def _entries(item: Mapping[str, Any]) -> Entries:
    latest, records, adopted = item.get("latest"), item.get("records"), item.get("adopted")
    if item.get("schema") != 1 or item.get("about") != "ledger":
        raise ValueError("it is no ledger of schema 1")
    if not isinstance(records, dict) or not all(isinstance(digest, str) for digest in records.values()):
        raise ValueError("records must be texts by name")
    if not isinstance(adopted, list) or not all(isinstance(kind, str) for kind in adopted):
        raise ValueError("adopted must be a list of texts")
    if latest is not None:
        latest = datetime.fromisoformat(latest)
        if latest.tzinfo is None:
            raise ValueError("latest must name its time zone")
    return Entries(latest, records, tuple(adopted))
