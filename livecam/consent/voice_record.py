"""The right to use a voice: its statements, and its signed `record.json`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from livecam.consent.interview import Subject
from livecam.consent.record import SCOPE, ConsentAnswer, add_year
from livecam.consent.record_file import SCHEMA, check_schema, check_validity, parse_time
from livecam.consent.record_key import RecordKey, sign_entries, verify_entries
from livecam.core.persona import PersonaKind

ANSWERS: Final[Mapping[PersonaKind, ConsentAnswer]] = {
    PersonaKind.OWN: ConsentAnswer(
        "my own voice",
        "You speak in it and no other person does.",
        "This is my own voice.",
    ),
    PersonaKind.CONSENTED: ConsentAnswer(
        "a person who agreed",
        "An adult who knows that you will speak with a voice like theirs and said yes to it; a no ends it at any time.",
        "The person who speaks here is an adult, knows that I speak with a voice like theirs, and has agreed to it. "
        "I stop when this person asks me to.",
    ),
    PersonaKind.SYNTHETIC: ConsentAnswer(
        "a generated voice",
        "Speech a program made, that imitates no real person.",
        "This voice was generated and belongs to nobody; it imitates no real person.",
    ),
}
VOICE: Final = Subject(
    question="Who speaks in {}?",
    answers=ANSWERS,
    kept="The statement and figures about the voice are kept on this computer, readable by you alone. "
    "The recording is not kept; of the sentences that livecam shows, the order of the sounds is, without the melody. "
    "From that they could be made audible again, in a voice like this one.",
    instead="livecam voice list (built-in synthetic voices)",
)


MODEL_ANSWERS: Final[Mapping[PersonaKind, ConsentAnswer]] = {
    PersonaKind.OWN: ConsentAnswer(
        "my own voice",
        "The network was trained with your speech and no other person's.",
        "This network speaks with my own voice.",
    ),
    PersonaKind.CONSENTED: ConsentAnswer(
        "a person who agreed",
        "An adult who knows that you will speak with their voice and said yes to it; a no ends it at any time.",
        "The person whose voice this network speaks with is an adult, knows that I speak with it, and has agreed to "
        "it. I stop when this person asks me to.",
    ),
    PersonaKind.SYNTHETIC: ConsentAnswer(
        "a generated voice",
        "The network was trained with speech a program made, that imitates no real person.",
        "The voice of this network was generated and belongs to nobody; it imitates no real person.",
    ),
}
MODEL: Final = Subject(
    question="Which person's voice does {} have?",
    answers=MODEL_ANSWERS,
    kept="The statement, the file's hash and its path are kept on this computer, readable by you alone.",
    instead="livecam voice list (built-in synthetic voices)",
)


PURPOSE: Final = "To be spoken with live, or in a recording, marked as AI modified in every sound."


@dataclass(frozen=True, slots=True)
class VoiceRecord:
    """What was stated about a voice before its first use.

    Attributes:
        kind: Who owns the voice.
        voice_sha256: Hash of the statistics the statement belongs to, or of the file that names a network.
        recording_sha256: Hash of the recordings they were learned from, in order; or of the network.
        statement: The sentence that was agreed to.
        given_at, expires_at: Calendar time, UTC.
        purpose, scope: What the voice is used for, and by whom and where; empty in records that are not signed.
        signed_by: The public key that signed it, in hexadecimal; None: not signed.
        name: The voice it belongs to; empty in records of earlier versions.
        digest: SHA-256 of what was signed; set where the record was read.
    """

    kind: PersonaKind
    voice_sha256: str
    recording_sha256: str
    statement: str
    given_at: datetime
    expires_at: datetime
    purpose: str = ""
    scope: str = ""
    signed_by: str | None = None
    name: str = ""
    digest: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.given_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("given_at and expires_at must name their time zone")
        check_validity(self.given_at, self.expires_at)


def new_voice_record(
    kind: PersonaKind, voice_sha256: str, recording_sha256: str, now: datetime, subject: Subject = VOICE
) -> VoiceRecord:
    """Return the record of an answer given now, valid for twelve months."""
    statement = subject.answers[kind].statement
    return VoiceRecord(kind, voice_sha256, recording_sha256, statement, now, add_year(now), PURPOSE, SCOPE)


def voice_record_to_bytes(record: VoiceRecord, key: RecordKey) -> bytes:
    """Return the file's contents, signed with `key`; times in ISO 8601, UTC."""
    item = {
        "schema": SCHEMA,
        "about": "voice",
        "kind": str(record.kind),
        "statement": record.statement,
        "purpose": record.purpose,
        "scope": record.scope,
        "given_at": record.given_at.astimezone(UTC).isoformat(),
        "expires_at": record.expires_at.astimezone(UTC).isoformat(),
        "voice_sha256": record.voice_sha256,
        "recording_sha256": record.recording_sha256,
    }
    if record.name:
        item["name"] = record.name
    return sign_entries(item, key)


def voice_record_from_bytes(data: bytes) -> VoiceRecord:
    """Read a record back; the caller judges which key signed it.

    Raises:
        ValueError: Not such a record, or changed after it was signed; the message says why.
    """
    read = verify_entries(data)
    item = dict(read.item)
    check_schema(item, "voice", signed=read.signed_by is not None)
    item.pop("schema")
    item.pop("about", None)
    wrong = sorted(key for key, value in item.items() if not isinstance(value, str) or not value)
    if wrong:
        raise ValueError(f"{', '.join(wrong)} must be a text")
    times = parse_time(item, "given_at"), parse_time(item, "expires_at")
    try:
        kind = PersonaKind(item.pop("kind"))
        item.update(given_at=times[0], expires_at=times[1])
        return VoiceRecord(kind=kind, signed_by=read.signed_by, digest=read.digest, **item)
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from None
    except TypeError as error:
        raise ValueError("it has other keys than a voice's record") from error
