"""What the page shows first, in plain types.

Personas, voices, and what is asked before one is used.
"""

from pathlib import Path
from typing import Any

from livecam.consent.interview import FACE, Subject, consent_required
from livecam.consent.record import VALID_MONTHS
from livecam.consent.training_record import TRAINING
from livecam.consent.voice_record import VOICE
from livecam.core.errors import ConsentError, remedy
from livecam.core.persona import PersonaKind
from livecam.personas.entry import Entry
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore


def questions(data_folder: Path) -> dict[str, Any]:
    """Return what is asked before a face or a voice is first used or trained.

    What is stated by each answer.
    """
    return {"face": plain_subject(FACE), "voice": plain_subject(VOICE), "training": plain_subject(TRAINING)}


def plain_subject(subject: Subject) -> dict[str, Any]:
    """Return the question with its answers; none of them is chosen beforehand."""
    answers = [
        {"kind": str(kind), "short": answer.short, "means": answer.means, "statement": answer.statement}
        for kind, answer in subject.answers.items()
    ]
    return {"question": subject.question, "answers": answers, "kept": subject.kept, "valid_months": VALID_MONTHS}


def stated(subject: Subject, shown: str, consent: str | None, statement: str | None) -> PersonaKind:
    """Return the answer that a person chose, its statement made in its own words.

    Raises:
        ConsentError: There is no answer, or another statement.
    """
    if consent is None:
        raise consent_required(shown, "who speaks in {}") if subject is VOICE else consent_required(shown)
    kind = PersonaKind(consent)
    if statement != subject.answers[kind].statement:
        raise ConsentError(f"{shown} is not used: the statement was not made", **remedy(subject.instead))
    return kind


def personas(data_folder: Path) -> list[dict[str, Any]]:
    """Return every persona, the user's first."""
    return [plain_entry(entry) for entry in PersonaStore(data_folder).list()]


def plain_entry(entry: Entry) -> dict[str, Any]:
    """Return one line of a list."""
    return {
        "name": entry.name,
        "kind": None if entry.kind is None else str(entry.kind),
        "expires_at": None if entry.expires_at is None else entry.expires_at.isoformat(),
        "built_in": entry.built_in,
        "trouble": entry.trouble,
    }


def voices(data_folder: Path) -> list[dict[str, Any]]:
    """Return every voice, the user's first."""
    return [plain_entry(entry) for entry in VoiceStore(data_folder).list()]
