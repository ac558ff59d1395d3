"""The right to train a model of a face, which is asked for separately.

The record of a trained model is here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from livecam.consent.interview import Subject
from livecam.consent.record import ConsentAnswer, add_year
from livecam.consent.record_file import SCHEMA, check_schema, check_validity, parse_text, parse_texts, parse_time
from livecam.consent.record_key import RecordKey, sign_entries, verify_entries
from livecam.core.persona import PersonaKind

ANSWERS: Final[Mapping[PersonaKind, ConsentAnswer]] = {
    PersonaKind.OWN: ConsentAnswer(
        "my own face",
        "The pictures show you and no other person.",
        "These pictures show my own face. I agree that livecam trains a model of me from them.",
    ),
    PersonaKind.CONSENTED: ConsentAnswer(
        "a person who agreed",
        "An adult who knows that a model of their face is trained, and said yes to that; a no ends it at any time.",
        "The person in these pictures is an adult, knows that I train a model of their face, and has agreed to it. "
        "I delete the model when this person asks me to.",
    ),
    PersonaKind.SYNTHETIC: ConsentAnswer(
        "a generated face",
        "Pictures a program made, that show and imitate no real person.",
        "This face was generated and imitates no real person.",
    ),
}
TRAINING: Final = Subject(
    question="A model of the face in {} is to be trained. Which person does it show?",
    answers=ANSWERS,
    kept="The statement and up to 1000 unrolled pictures of the face are kept on this computer, readable by you alone.",
    instead="livecam persona list (built-in faces need no training)",
)
PURPOSE: Final = (
    "To train a model that draws this face, live or in a recording, marked as AI modified in every picture."
)
SCOPE: Final = "By the person who made this statement, with livecam on their own computers."


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    """What was stated before a model of a face was trained.

    Attributes:
        kind: Which of the three answers was given.
        material_sha256: Hash of the pictures the statement belongs to.
        sources: Hashes of the clips they were read from.
        statement: The sentence that was agreed to.
        given_at, expires_at: Calendar time, UTC.
        name: The enrolment it belongs to.
        signed_by: The public key that signed it, in hexadecimal; None: not signed.
        digest: SHA-256 of what was signed; set where the record was read.
    """

    kind: PersonaKind
    material_sha256: str
    sources: tuple[str, ...]
    statement: str
    given_at: datetime
    expires_at: datetime
    name: str = ""
    signed_by: str | None = None
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class ModelRecord:
    """A trained model and its enrolments.

    Attributes:
        model_sha256: Hash of the ONNX file.
        people: Its enrolments: the persona's first, then the operator's if there was one.
        materials: Hashes of their pictures.
        stage: How it was made: "linear" or "network".
        figures: What was measured on held-out pictures, by name.
        given_at, expires_at: Calendar time, UTC; it ends with the first consent that ends.
        name: The persona it draws.
        signed_by: The public key that signed it, in hexadecimal; None: not signed.
        digest: SHA-256 of what was signed; set where the record was read.
    """

    model_sha256: str
    people: tuple[str, ...]
    materials: tuple[str, ...]
    stage: str
    figures: Mapping[str, float]
    given_at: datetime
    expires_at: datetime
    name: str = ""
    signed_by: str | None = None
    digest: str = field(default="", compare=False)


def new_training_record(
    kind: PersonaKind, material_sha256: str, sources: tuple[str, ...], now: datetime
) -> TrainingRecord:
    """Return the record of an answer given now, valid for twelve months."""
    return TrainingRecord(kind, material_sha256, sources, ANSWERS[kind].statement, now, add_year(now))


def training_record_to_bytes(record: TrainingRecord, key: RecordKey) -> bytes:
    """Return the file's contents, signed with `key`; times in ISO 8601, UTC."""
    return sign_entries(
        {
            "schema": SCHEMA,
            "about": "training",
            "kind": str(record.kind),
            "statement": record.statement,
            "purpose": PURPOSE,
            "scope": SCOPE,
            "given_at": record.given_at.astimezone(UTC).isoformat(),
            "expires_at": record.expires_at.astimezone(UTC).isoformat(),
            "material_sha256": record.material_sha256,
            "sources": list(record.sources),
            "name": record.name,
        },
        key,
    )


def training_record_from_bytes(data: bytes) -> TrainingRecord:
    """Read a record back; the caller judges which key signed it.

    Raises:
        ValueError: Not such a record, or changed after it was signed; the message says why.
    """
    read = verify_entries(data)
    item = read.item
    check_schema(item, "training", signed=read.signed_by is not None)
    given_at, expires_at = _times(item)
    return TrainingRecord(
        PersonaKind(parse_text(item, "kind")),
        parse_text(item, "material_sha256"),
        parse_texts(item, "sources"),
        parse_text(item, "statement"),
        given_at,
        expires_at,
        parse_text(item, "name"),
        read.signed_by,
        read.digest,
    )


def model_record_to_bytes(record: ModelRecord, key: RecordKey) -> bytes:
    """Return the file's contents, signed with `key`; times in ISO 8601, UTC."""
    return sign_entries(
        {
            "schema": SCHEMA,
            "about": "model",
            "given_at": record.given_at.astimezone(UTC).isoformat(),
            "expires_at": record.expires_at.astimezone(UTC).isoformat(),
            "model_sha256": record.model_sha256,
            "people": list(record.people),
            "materials": list(record.materials),
            "stage": record.stage,
            "figures": {name: f"{value:.4f}" for name, value in record.figures.items()},
            "name": record.name,
        },
        key,
    )


def model_record_from_bytes(data: bytes) -> ModelRecord:
    """Read a model's record back; the caller judges which key signed it.

    Raises:
        ValueError: Not such a record, or changed after it was signed; the message says why.
    """
    read = verify_entries(data)
    item = read.item
    check_schema(item, "model", signed=read.signed_by is not None)
    given_at, expires_at = _times(item)
    figures = item.get("figures")
    if not isinstance(figures, dict):
        raise ValueError(f"figures must be numbers by name, got {figures!r}")
    return ModelRecord(
        parse_text(item, "model_sha256"),
        parse_texts(item, "people"),
        parse_texts(item, "materials"),
        parse_text(item, "stage"),
        {str(name): float(value) for name, value in figures.items()},
        given_at,
        expires_at,
        parse_text(item, "name"),
        read.signed_by,
        read.digest,
    )


def _times(item: Mapping[str, Any]) -> tuple[datetime, datetime]:
    given_at, expires_at = parse_time(item, "given_at"), parse_time(item, "expires_at")
    check_validity(given_at, expires_at)
    return given_at, expires_at
