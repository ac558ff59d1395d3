"""Trained models on disk, each with the record of what it was made of.

One that was exchanged does not run.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from livecam.consent.revocations import Revocation
from livecam.consent.training_record import (
    ModelRecord,
    TrainingRecord,
    model_record_from_bytes,
    model_record_to_bytes,
)
from livecam.core.clock import utc_now
from livecam.core.errors import PersonaError
from livecam.personas.record_store import StoreText, hash_bytes
from livecam.personas.signed_store import SignedStore
from livecam.personas.training_store import TrainingStore, training_key

MODEL: Final = "model.onnx"
_WORDS: Final = StoreText("model", "livecam train list", "livecam train run {}", "the model of {} may run")


@dataclass(frozen=True, slots=True, eq=False)
class StoredModel:
    """A model that may be used now.

    Attributes:
        record: What it was made of.
        data: The ONNX file's bytes, those that the record names.
        path: Where the file is.
    """

    record: ModelRecord
    data: bytes
    path: Path


class ModelStore(SignedStore[ModelRecord]):
    """The trained models of one user.

    One folder `models-trained/NAME` of mode 0700 each.

    Args:
        folder: The user's data folder; made when something is first saved.
        now: Calendar time, UTC.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        super().__init__(folder, "models-trained", model_record_from_bytes, _again, _WORDS, now)
        self._training = TrainingStore(folder, now)

    def check(self, name: str) -> ModelRecord:
        """Return the record of a model that may run now.

        Raises:
            PersonaError: No such model.
            ConsentError: Its record is not the last one signed here, or the consent of a person it was trained of has
                ended or was taken back.
        """
        with self._records.ledger.lock():
            record = self._read_current(name)
        hashes = tuple(map(training_key, (record.model_sha256, *record.materials)))
        self.revocations.check(f"the model of {name}", _again(name), hashes)
        for person in record.people:
            self._training.check(person)
        self._check_time(name, record)
        return record

    def load(self, name: str) -> StoredModel:
        """Return a model that may run now.

        Raises:
            PersonaError: No such model.
            ConsentError: As `check`, or the file is not the one that was signed.
        """
        record = self.check(name)
        data = self._records.file(name, MODEL, record.model_sha256)
        return StoredModel(record, data, self.folder_of(name) / MODEL)

    def save(
        self, name: str, data: bytes, people: Mapping[str, TrainingRecord], stage: str, figures: Mapping[str, float]
    ) -> ModelRecord:
        """Keep a model with its record; what the persona had is replaced.

        Args:
            name: The persona that it draws.
            data: The ONNX file.
            people: The records of the enrolments it was trained of, the persona's first.
            stage: How it was made.
            figures: What was measured on held-out pictures.

        Raises:
            ConsentError: The clock is behind.
            OutputError: The disk takes no more.
        """
        now = self.now()
        record = ModelRecord(
            hash_bytes(data),
            tuple(people),
            tuple(one.material_sha256 for one in people.values()),
            stage,
            figures,
            now,
            min(one.expires_at for one in people.values()),
        )
        signed = model_record_to_bytes(replace(record, name=name), self._records.key)
        self._records.keep(name, {MODEL: data}, signed)
        return record

    def revoke_of(self, person: str, record: TrainingRecord) -> tuple[str, ...]:
        """Delete every model that was trained of a person, and remember each as revoked.

        Returns:
            Their names.
        """
        gone = []
        for name in self.names():
            try:
                known = self._records.read(name)
            except PersonaError:
                continue
            if person in known.people or record.material_sha256 in known.materials:
                self.revocations.add(Revocation((training_key(known.model_sha256),), None, self.now()))
                self._records.remove(name)
                gone.append(name)
        return tuple(gone)


def _again(name: str) -> str:
    return f"livecam train run {name}"
