"""List, show, export and remove enrolments and trained models."""

import logging
from pathlib import Path

from livecam.app import trained_models
from livecam.app.stores import persona_store
from livecam.app.trained_models import ListedModel
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.core.errors import OutputError, PersonaError
from livecam.core.files.private import write_file
from livecam.personas.model_store import ModelStore
from livecam.personas.store import PersonaStore
from livecam.personas.training_store import TrainingStore

_LOG = logging.getLogger(__name__)


def model_store(settings: Settings) -> ModelStore:
    """Open the trained models in the data folder of the settings."""
    return ModelStore(folder_of(settings))


def training_store(settings: Settings) -> TrainingStore:
    """Open the enrolments in the data folder of the settings."""
    return TrainingStore(folder_of(settings))


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
    return trained_models.runs_folder(folder_of(settings))


def folder_of(settings: Settings) -> Path:
    """Return the data folder of the settings."""
    return settings.data_folder or data_folder()


def list_models(settings: Settings) -> list[ListedModel]:
    """Return enrolments and models by name."""
    return trained_models.list_models(folder_of(settings))


def export_model(settings: Settings, name: str, file: Path) -> None:
    """Write a model as an ONNX file, for other programs on this computer.

    Raises:
        PersonaError: No such model, or it may not be used.
        OutputError: The file exists or cannot be written.
    """
    stored = model_store(settings).load(name)
    write_new(file, stored.data)
    _LOG.info("model %s exported", name)


def write_new(file: Path, data: bytes) -> None:
    """Write a file that the user alone may read.

    Raises:
        OutputError: It exists or cannot be written.
    """
    try:
        write_file(file, data)
    except FileExistsError as error:
        raise OutputError(f"{file} exists", advice="give FILE another name") from error


def remove_trained(settings: Settings, name: str) -> tuple[str, ...]:
    """Delete as `livecam.app.trained_models.remove_trained` does."""
    return trained_models.remove_trained(folder_of(settings), name)


def revoke_training(settings: Settings, name: str) -> tuple[str, ...]:
    """Take consent back as `livecam.app.trained_models.revoke_training` does."""
    return trained_models.revoke_training(folder_of(settings), name)


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
