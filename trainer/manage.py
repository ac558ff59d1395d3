"""List, show, export and remove enrolments and trained models."""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from livecam.app.stores import persona_store
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.errors import OutputError, PersonaError
from livecam.core.files.private import remove_folder, write_file
from livecam.personas.model_store import ModelStore
from livecam.personas.store import PersonaStore
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
    """

    name: str
    stage: str
    people: tuple[str, ...]
    expires_at: datetime | None
    trouble: str | None


def model_store(settings: Settings) -> ModelStore:
    """Open the trained models in the data folder of the settings."""
    return ModelStore(settings.data_folder or data_folder())


def training_store(settings: Settings) -> TrainingStore:
    """Open the enrolments in the data folder of the settings."""
    return TrainingStore(settings.data_folder or data_folder())


def next_step(settings: Settings, name: str) -> str:
    """Return the command that uses an enrolment, a persona's or an operator's."""
    personas = persona_store(settings)
    if _is_usable(personas, name):
        return f"livecam train run {name}"
    trained = next((other for other in training_store(settings).names() if _is_usable(personas, other)), None)
    if trained is not None:
        return f"livecam train run {trained} --operator {name}"
    return (
        f"no persona is called {name}. To train one of this face, add its photo: livecam persona add {name}.jpg. "
        f"To be in front of the camera, enrol a persona and: livecam train run PERSONA --operator {name}"
    )


def _is_usable(personas: PersonaStore, name: str) -> bool:
    try:
        personas.load(name)
    except PersonaError:
        return False
    return True


def runs_folder(settings: Settings) -> Path:
    """Return where trainings keep their backups, a folder for each persona."""
    return (settings.data_folder or data_folder()) / "training-runs"


def _remove_runs(settings: Settings, *names: str) -> None:
    for name in names:
        if (runs_folder(settings) / name).is_dir():
            remove_folder(runs_folder(settings) / name)


def list_models(settings: Settings) -> list[ListedModel]:
    """Return enrolments and models by name."""
    training, models = training_store(settings), model_store(settings)
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
    return ListedModel(name, record.stage, record.people, record.expires_at, trouble)


def export_model(settings: Settings, name: str, file: Path) -> None:
    """Write a model as an ONNX file, for other programs on this computer.

    Raises:
        PersonaError: No such model, or it may not be used.
        OutputError: The file exists or cannot be written.
    """
    stored = model_store(settings).load(name)
    try:
        write_file(file, stored.data)
    except FileExistsError as error:
        raise OutputError(f"{file} exists", advice="give FILE another name") from error
    _LOG.info("model %s exported", name)


def remove_trained(settings: Settings, name: str) -> tuple[str, ...]:
    """Delete the model and the pictures of a name; both may be made again.

    Returns:
        What was deleted, in words.

    Raises:
        PersonaError: There is neither.
    """
    _remove_runs(settings, name)
    gone = []
    training, models = training_store(settings), model_store(settings)
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


def revoke_training(settings: Settings, name: str) -> tuple[str, ...]:
    """Take the consent to train back.

    Delete the pictures and every model made of them, and refuse both from now on.

    Returns:
        The personas that lost their model.

    Raises:
        PersonaError: No such enrolment.
    """
    training, models = training_store(settings), model_store(settings)
    gone = models.revoke_of(name, training.record(name))
    training.revoke(name)
    _remove_runs(settings, name, *gone)
    _LOG.info("training %s revoked: %d models", name, len(gone))
    return gone


def describe_records(settings: Settings, name: str) -> list[tuple[str, str]]:
    """Return what is known of an enrolment and its model, a row each.

    Raises:
        PersonaError: There is neither.
    """
    training, models = training_store(settings), model_store(settings)
    rows: list[tuple[str, str]] = []
    if name in training.names():
        record = training.record(name)
        rows += [
            ("enrolled as", f"{name} ({record.kind})"),
            ("statement", record.statement),
            ("given", f"{record.given_at:%Y-%m-%d %H:%M} UTC"),
            ("valid until", f"{record.expires_at:%Y-%m-%d %H:%M} UTC"),
            ("pictures", str(training.folder_of(name))),
        ]
    if name in models.names():
        made = models.record(name)
        rows += [
            ("model", f"{made.stage}, of {', '.join(made.people)}"),
            ("model sha256", made.model_sha256),
            ("may run until", f"{made.expires_at:%Y-%m-%d %H:%M} UTC"),
            *((what, f"{value:.4f}") for what, value in made.figures.items()),
        ]
    if not rows:
        raise PersonaError(f'nothing was enrolled or trained as "{name}"', command="livecam train list")
    return [*rows, ("usable", next(row.trouble or "yes" for row in list_models(settings) if row.name == name))]
