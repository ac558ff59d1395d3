"""Enrolments for training on disk.

Each has pictures of a face and the record of the right to train a model of it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from livecam.consent.revocations import Revocation
from livecam.consent.training_record import (
    TrainingRecord,
    new_training_record,
    training_record_from_bytes,
    training_record_to_bytes,
)
from livecam.core.clock import utc_now
from livecam.core.errors import PersonaError
from livecam.core.persona import PersonaKind
from livecam.personas.entry import Entry, describe_entry
from livecam.personas.names import is_name
from livecam.personas.record_store import StoreText, hash_bytes
from livecam.personas.signed_store import SignedStore

MATERIAL: Final = "faces.npz"
_WORDS: Final = StoreText(
    "training", "livecam train list", "livecam train enrol {} --clip FILE", "the consent to train {} holds"
)


class TrainingStore(SignedStore[TrainingRecord]):
    """The enrolments, one folder `training/NAME` of mode 0700 each.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(folder, "training", training_record_from_bytes, _enrol, _WORDS, now)

    def list(self) -> tuple[Entry, ...]:
        """Return one line for each enrolment."""
        return tuple(describe_entry(name, self.record, self.check) for name in self.names())

    def check(self, name: str) -> TrainingRecord:
        """Return the record of an enrolment that may be trained with now.

        Raises:
            PersonaError: No such enrolment.
            ConsentError: Its record is missing, damaged, edited, not signed here, not the last one, expired or revoked.
        """
        with self._records.ledger.lock():
            record = self._read_current(name)
        self._check_time(name, record)
        return record

    def _check_revoked(self, name: str, record: TrainingRecord) -> None:
        self.check_sources(name, record.sources)

    def check_sources(self, name: str, sources: tuple[str, ...]) -> None:
        """Refuse clips of which the consent to train was taken back.

        Raises:
            ConsentError: It was.
        """
        self.revocations.check(f"training {name}", _enrol(name), tuple(map(training_key, sources)))

    def load(self, name: str) -> tuple[TrainingRecord, bytes]:
        """Return the record and the pictures of an enrolment that may be used now.

        Raises:
            PersonaError: No such enrolment.
            ConsentError: As `check`, or the pictures are not those the consent was given for.
        """
        record = self.check(name)
        return record, self._records.file(name, MATERIAL, record.material_sha256)

    def check_name(self, name: str) -> None:
        """Check that an enrolment may have this name.

        Raises:
            PersonaError: It may not.
        """
        if not is_name(name):
            raise PersonaError(
                f'"{name}" cannot name an enrolment: use a-z, 0-9 and inner dashes', command="livecam train enrol me"
            )

    def save(self, name: str, material: bytes, kind: PersonaKind, sources: tuple[str, ...]) -> TrainingRecord:
        """Keep pictures with the answer that was given about them.

        They replace what had the name.

        Raises:
            PersonaError: A name that is not one.
            ConsentError: The consent to train with these clips was taken back.
            OutputError: The disk takes no more.
        """
        self.check_name(name)
        self.check_sources(name, sources)
        record = new_training_record(kind, hash_bytes(material), sources, self.now())
        signed = training_record_to_bytes(replace(record, name=name), self._records.key)
        self._records.keep(name, {MATERIAL: material}, signed)
        return record

    def revoke(self, name: str) -> None:
        """Remember the clips of an enrolment as revoked, and delete it.

        Raises:
            PersonaError: No such enrolment.
        """
        record = self._records.read(name)
        hashes = tuple(map(training_key, (*record.sources, record.material_sha256)))
        self.revocations.add(Revocation(hashes, None, self.now()))
        self._records.remove(name)


def training_key(sha256: str) -> str:
    """Return the name of a clip in the list of revocations.

    It is revoked only for training, and may still be shown.
    """
    return f"training:{sha256}"


def _enrol(name: str) -> str:
    return f"livecam train enrol {name} --clip FILE"
