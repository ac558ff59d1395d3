"""The right to use a voice: what is stated, and how the record is written in `record.json`."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from livecam.consent.ask import Subject
from livecam.consent.record import VALID_MONTHS, Answer, a_year_after
from livecam.core.persona import PersonaKind

_SCHEMA: Final = 1

ANSWERS: Final[Mapping[PersonaKind, Answer]] = {
    PersonaKind.OWN: Answer(
        "my own voice",
        "You speak in it and nobody else.",
        "This is my own voice.",
    ),
    PersonaKind.CONSENTED: Answer(
        "a person who agreed",
        "An adult who knows that you will speak with a voice like theirs and said yes to it; a no ends it at any time.",
        "The person who speaks here is an adult, knows that I speak with a voice like theirs, and has agreed to it. "
        "I stop when this person asks me to.",
    ),
    PersonaKind.SYNTHETIC: Answer(
        "a generated voice",
        "Speech a program made, that imitates no real person.",
        "This voice was generated and belongs to nobody; it imitates no real person.",
    ),
}
VOICE: Final = Subject(
    question="Who speaks in {}?",
    answers=ANSWERS,
    kept="The statement and figures about the voice are kept on this computer, readable by you alone. "
    "The recording is not kept.",
    instead="livecam voice list (built-in voices that belong to nobody)",
)


@dataclass(frozen=True, slots=True)
class VoiceRecord:
    """What was stated about a voice before its first use.

    Attributes:
        kind: Whose voice it is.
        voice_sha256: Hash of the statistics the statement stands beside.
        recording_sha256: Hash of the recordings they were learned from, in order.
        statement: The sentence that was agreed to.
        given_at, expires_at: Calendar time, UTC.
    """

    kind: PersonaKind
    voice_sha256: str
    recording_sha256: str
    statement: str
    given_at: datetime
    expires_at: datetime

    def __post_init__(self) -> None:
        if self.given_at.tzinfo is None or self.expires_at.tzinfo is None:
            raise ValueError("given_at and expires_at must name their time zone")
        if self.expires_at > a_year_after(self.given_at):
            raise ValueError(f"it is valid for more than {VALID_MONTHS} months")

    def valid_at(self, now: datetime) -> bool:
        """Whether the record covers this moment."""
        return self.given_at <= now < self.expires_at


def new_voice_record(kind: PersonaKind, voice_sha256: str, recording_sha256: str, now: datetime) -> VoiceRecord:
    """The record of an answer given now, valid for twelve months."""
    return VoiceRecord(kind, voice_sha256, recording_sha256, ANSWERS[kind].statement, now, a_year_after(now))


def voice_record_to_json(record: VoiceRecord) -> bytes:
    """The file's contents; times in ISO 8601, UTC."""
    item = {
        "schema": _SCHEMA,
        "kind": str(record.kind),
        "statement": record.statement,
        "given_at": record.given_at.astimezone(UTC).isoformat(),
        "expires_at": record.expires_at.astimezone(UTC).isoformat(),
        "voice_sha256": record.voice_sha256,
        "recording_sha256": record.recording_sha256,
    }
    return (json.dumps(item, indent=2) + "\n").encode()


def voice_record_from_json(text: str) -> VoiceRecord:
    """Read it back.

    Raises:
        ValueError: Not such a record; the message says why.
    """
    item = json.loads(text)
    if not isinstance(item, dict) or item.pop("schema", None) != _SCHEMA:
        raise ValueError(f"schema must be {_SCHEMA}")
    wrong = sorted(key for key, value in item.items() if not isinstance(value, str) or not value)
    if wrong:
        raise ValueError(f"{', '.join(wrong)} must be a text")
    try:
        kind, times = PersonaKind(item.pop("kind")), (item.pop("given_at"), item.pop("expires_at"))
        given_at, expires_at = map(datetime.fromisoformat, times)
        return VoiceRecord(kind=kind, given_at=given_at, expires_at=expires_at, **item)
    except KeyError as error:
        raise ValueError(f"{error.args[0]} is missing") from None
    except TypeError as error:
        raise ValueError("it has other keys than a voice's record") from error
