"""Enrolments for training and trained models: list, remove, revoke."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from livecam.core.errors import PersonaError
from livecam.core.files.private import remove_folder
from livecam.personas.model_store import ModelStore
from livecam.personas.training_store import TrainingStore

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One line of the list.

    Attributes:
        name: The persona or operator.
        stage: How the model was made; "-" where there is an enrolment alone.
        people: The enrolments it is of.
        expires_at: When it may not run any more; None where the record cannot be read.
        trouble: Why it cannot be used; None when it can.
        gain: Part of the photo's error that is gone on held-out pictures; None where that is not known.
    """

    name: str
    stage: str
    people: tuple[str, ...]
    expires_at: datetime | None
    trouble: str | None
    gain: float | None = None


def runs_folder(folder: Path) -> Path:
    """Return where trainings keep their backups, a folder for each persona."""
    return folder / "training-runs"


def list_models(folder: Path) -> list[ListedModel]:
    """Return enrolments and models by name."""
    training, models = TrainingStore(folder), ModelStore(folder)
    rows = [_model_row(models, name) for name in models.names()]
    made = set(models.names())
    rows += [
        ListedModel(entry.name, "-", (entry.name,), entry.expires_at, entry.trouble)
        for entry in training.list()
        if entry.name not in made
    ]
    return sorted(rows, key=lambda row: row.name)


def _model_row(models: ModelStore, name: str) -> ListedModel:
    try:
        record = models.record(name)
    except PersonaError as error:
        return ListedModel(name, "unknown", (), None, str(error))
    try:
        models.load(name)
        trouble = None
    except PersonaError as error:
        trouble = str(error)
    photo, made = record.figures.get("photo", 0.0), record.figures.get("model")
    gain = 1 - made / photo if made is not None and photo > 0 else None
    return ListedModel(name, record.stage, record.people, record.expires_at, trouble, gain)


def remove_trained(folder: Path, name: str) -> tuple[str, ...]:
    """Delete the model and the pictures of a name; both may be made again.

    Returns:
        What was deleted, in words.

    Raises:
        PersonaError: There is neither.
    """
    remove_runs(folder, name)
    gone = []
    training, models = TrainingStore(folder), ModelStore(folder)
    if name in models.names():
        models.remove(name)
        gone.append("model")
    if name in training.names():
        training.remove(name)
        gone.append("pictures")
    if not gone:
        raise PersonaError(f'nothing was enrolled or trained as "{name}"', command="livecam train list")
    _LOG.info("training %s removed", name)
    return tuple(gone)


def revoke_training(folder: Path, name: str) -> tuple[str, ...]:
    """Take the consent to train back.

    Delete the pictures and every model made of them, and refuse both from now on.

    Returns:
        The personas that lost their model.

    Raises:
        PersonaError: No such enrolment.
    """
    training, models = TrainingStore(folder), ModelStore(folder)
    gone = models.revoke_of(name, training.record(name))
    training.revoke(name)
    remove_runs(folder, name, *gone)
    _LOG.info("training %s revoked: %d models", name, len(gone))
    return gone


def remove_runs(folder: Path, *names: str) -> None:
    """Delete the backups of trainings, where there are any."""
    for name in names:
        if (runs_folder(folder) / name).is_dir():
            remove_folder(runs_folder(folder) / name)
