"""Enrolments and trained models in plain types.

A person states who is enrolled; it is never assumed.
"""

from pathlib import Path
from typing import Any

from livecam.app.trained_models import ListedModel, list_models, remove_trained, revoke_training
from livecam.consent.training_record import TRAINING
from livecam.core.errors import PersonaError
from livecam.personas.entry import Entry
from livecam.personas.store import PersonaStore
from livecam.personas.training_store import TrainingStore
from livecam.studio.helper.lists import stated

_NO_MODEL = "-"


def list_all(data_folder: Path) -> list[dict[str, Any]]:
    """Return every enrolment and every model by name."""
    enrolled = {entry.name: entry for entry in TrainingStore(data_folder).list()}
    personas = PersonaStore(data_folder)
    return [_plain(row, enrolled.get(row.name), _is_usable(personas, row.name)) for row in list_models(data_folder)]


def _plain(row: ListedModel, enrolled: Entry | None, has_persona: bool) -> dict[str, Any]:
    until = None if row.expires_at is None else row.expires_at.isoformat()
    made = {"stage": row.stage, "people": list(row.people), "gain": row.gain, "expires_at": until}
    return {
        "name": row.name,
        "kind": None if enrolled is None or enrolled.kind is None else str(enrolled.kind),
        "enrolled_until": None if enrolled is None or enrolled.expires_at is None else enrolled.expires_at.isoformat(),
        "has_persona": has_persona,
        "model": None if row.stage == _NO_MODEL else made,
        "trouble": row.trouble,
    }


def _is_usable(personas: PersonaStore, name: str) -> bool:
    try:
        personas.check_record(name)
    except PersonaError:
        return False
    return True


def check(data_folder: Path, file_name: str, name: str, consent: str | None, statement: str | None) -> str:
    """Return the answer to the question of consent, before an enrolment is queued.

    Raises:
        PersonaError: The name is none.
        ConsentError: No statement, or another one.
    """
    TrainingStore(data_folder).check_name(name)
    return str(stated(TRAINING, file_name, consent, statement))


def remove(data_folder: Path, name: str) -> dict[str, Any]:
    """Delete pictures and model; both may be made again."""
    return {"gone": list(remove_trained(data_folder, name)), "left": []}


def revoke(data_folder: Path, name: str) -> dict[str, Any]:
    """Take the yes to train back.

    Pictures and models are deleted, the same clips are refused.
    """
    return {"gone": [name, *revoke_training(data_folder, name)], "left": []}
