"""Revoked photos and voices, which may not be added again."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from livecam.consent.fingerprint import Fingerprints, fingerprints_from_hex
from livecam.consent.record_file import parse_time
from livecam.core.errors import ConsentError
from livecam.core.files.errors import reason_of
from livecam.core.files.lock import lock_folder
from livecam.core.files.private import private_folder, read_at_most, replace_file
from livecam.core.files.reading import parse_json

_SCHEMA: Final = 2
_OLD_SCHEMA: Final = 1
"""Schemas of earlier versions, where a look is the version 1 fingerprint alone."""
_LARGEST_BYTES: Final = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Revocation:
    """A revoked photo or voice.

    Attributes:
        hashes: SHA-256 of every file that represents it.
        look: The photo's fingerprints; None for a voice, or a photo with a face that could no longer be read.
        revoked_at: Calendar time, UTC.
    """

    hashes: tuple[str, ...]
    look: Fingerprints | None
    revoked_at: datetime

    def covers(self, hashes: Collection[str], looks: Sequence[Fingerprints]) -> bool:
        """Whether it covers one of these files or fingerprints."""
        if any(known in hashes for known in self.hashes):
            return True
        mine = self.look
        return mine is not None and any(mine.is_same(look) for look in looks)


class Revocations:
    """The revocations of a data folder, `revoked.json` of mode 0600.

    The file has hashes and dates, no names and no pictures.
    """

    def __init__(self, folder: Path) -> None:
        """Set the data folder; read nothing yet."""
        self._path = folder / "revoked.json"

    def find(self, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> Revocation | None:
        """Find the revocation that covers a photo or voice.

        Raises:
            ConsentError: The list cannot be read.
        """
        return next((known for known in self._all() if known.covers(hashes, looks)), None)

    def check(self, name: str, again: str, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> None:
        """Refuse what was revoked.

        Args:
            name: Its name in the message.
            again: The command that adds it after new consent.
            hashes, looks: Identify it.

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
        """Add a revocation.

        Raises:
            ConsentError: The list cannot be read.
        """
        with lock_folder(private_folder(self._path.parent)):
            self._write([*self._all(), revocation])

    def lift(self, hashes: Collection[str], looks: Sequence[Fingerprints] = ()) -> datetime | None:
        """Remove what covers this photo or voice, after new consent.

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
            return _revocations(parse_json(read_at_most(self._path, _LARGEST_BYTES)))
        except (OSError, ValueError) as error:
            raise ConsentError(
                f"{self._path}, the list of revocations, cannot be read: {reason_of(error)}",
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
