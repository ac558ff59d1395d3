"""What may not be taken in again: photos and voices somebody took their yes back for."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from livecam.consent.fingerprint import Fingerprints, fingerprints_from_hex
from livecam.consent.record_file import parse_time
from livecam.core.errors import ConsentError
from livecam.core.files.lock import lock_folder
from livecam.core.files.private import private_folder, read_at_most, replace_file

_SCHEMA: Final = 2
_OLD_SCHEMA: Final = 1
"""Lists of earlier versions: a look is the fingerprint of version 1 alone, as a text."""
_LARGEST_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Revocation:
    """One photo or voice.

    Attributes:
        hashes: SHA-256 of every file that stands for it.
        look: The photo's fingerprints; None for a voice, or a photo whose face could not be read any more.
        revoked_at: Calendar time, UTC.
    """

    hashes: tuple[str, ...]
    look: Fingerprints | None
    revoked_at: datetime

    def covers(self, hashes: Collection[str], looks: Sequence[Fingerprints]) -> bool:
        """Whether one of these files or fingerprints is it."""
        if any(known in hashes for known in self.hashes):
            return True
        mine = self.look
        return mine is not None and any(mine.is_same(look) for look in looks)


class Revocations:
    """The revocations of one data folder, `revoked.json` of mode 0600: hashes and dates, no names and no pictures."""

    def __init__(self, folder: Path) -> None:
        """Name the data folder; nothing is read yet."""
        self._path = folder / "revoked.json"

    def find(self, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> Revocation | None:
        """The revocation that covers a photo or voice.

        Raises:
            ConsentError: The list cannot be read.
        """
        return next((known for known in self._all() if known.covers(hashes, looks)), None)

    def check(self, name: str, again: str, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> None:
        """Refuse what was revoked.

        Args:
            name: What to call it.
            again: The command that takes it in after a new yes.
            hashes, looks: By which it is known.

        Raises:
            ConsentError: It was revoked, or the list cannot be read.
        """
        found = self.find(hashes, looks)
        if found is not None:
            raise ConsentError(
                f"the consent for {name} was taken back on {found.revoked_at:%Y-%m-%d}",
                advice=f"if the person has consented again: {again} --reconsent",
            )

    def add(self, revocation: Revocation) -> None:
        """Remember one more.

        Raises:
            ConsentError: The list cannot be read.
        """
        with lock_folder(private_folder(self._path.parent)):
            self._write([*self._all(), revocation])

    def lift(self, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> datetime | None:
        """Forget what covers this photo or voice, after a new yes.

        Returns:
            When it was last revoked; None if it never was.

        Raises:
            ConsentError: The list cannot be read.
        """
        with lock_folder(self._path.parent):
            known = self._all()
            covering = [item for item in known if item.covers(hashes, looks)]
            if covering:
                self._write([item for item in known if item not in covering])
        return max((item.revoked_at for item in covering), default=None)

    def _all(self) -> Sequence[Revocation]:
        if not self._path.exists():
            return ()
        try:
            return _revocations(json.loads(read_at_most(self._path, _LARGEST_BYTES)))
        except (OSError, ValueError, RecursionError) as error:
            raise ConsentError(
                f"{self._path}, which says whose yes was taken back, cannot be read: {error}",
                advice=f"put it back, or delete it if no consent was revoked: {self._path}",
            ) from error

    def _write(self, revocations: Sequence[Revocation]) -> None:
        items = [
            {
                "hashes": list(item.hashes),
                "look": None if item.look is None else item.look.to_hex(),
                "revoked_at": item.revoked_at.astimezone(UTC).isoformat(),
            }
            for item in revocations
        ]
        private_folder(self._path.parent)
        replace_file(self._path, (json.dumps({"schema": _SCHEMA, "revoked": items}, indent=2) + "\n").encode())


def _revocations(content: Any) -> Sequence[Revocation]:
    if (
        not isinstance(content, dict)
        or content.get("schema") not in (_SCHEMA, _OLD_SCHEMA)
        or not isinstance(content.get("revoked"), list)
    ):
        raise ValueError(f"it is no list of schema {_SCHEMA}")
    return tuple(_revocation(item) for item in content["revoked"])


def _revocation(item: Any) -> Revocation:
    if not isinstance(item, dict):
        raise ValueError(f"a revocation must be an object, got {item!r}")
    hashes, look = item.get("hashes"), item.get("look")
    if not isinstance(hashes, list) or not all(isinstance(text, str) for text in hashes):
        raise ValueError("hashes must be a list of texts")
    if isinstance(look, str):
        look = {"1": look}
    if look is not None and not (isinstance(look, dict) and all(isinstance(text, str) for text in look.values())):
        raise ValueError("look must be texts by version")
    return Revocation(
        tuple(hashes), None if look is None else fingerprints_from_hex(look), parse_time(item, "revoked_at")
    )
