"""Choose an engine: the named one, a trained model, or this machine's best."""

from collections.abc import Collection
from pathlib import Path

from livecam.config.machine_profile import COMMAND as CALIBRATE
from livecam.config.machine_profile import PHOTO, Calibrated
from livecam.config.setting_groups import EngineSettings
from livecam.core.errors import EngineError, PersonaError
from livecam.core.persona import Persona
from livecam.core.ports import TextureEngine
from livecam.personas.model_store import ModelStore
from livecam.plugins import open_texture_engine

_REMOTE = ("grpc://", "grpcs://")
TRAINED = "trained"
"""The engine of models that `livecam train` made."""


def open_persona_engine(
    settings: EngineSettings, folder: Path, persona: Persona, known: Calibrated | None
) -> tuple[TextureEngine, tuple[str, ...]]:
    """Open the engine of the settings for a persona.

    For "auto" that is its trained model, where `folder`, the data folder, has one that may run.

    Returns:
        The engine, and what a person should know about a choice that was made for them.

    Raises:
        EngineError: The one that was asked for does not open.
    """
    trained = f"{TRAINED}:{folder}"
    if settings.engine == TRAINED:
        return open_texture_engine(trained, settings.trusted), ()
    if settings.engine != "auto" or persona.name not in ModelStore(folder).names():
        return open_engine(settings.engine, known, settings.trusted)
    engine = open_texture_engine(trained, settings.trusted)
    try:
        engine.prepare(persona)
    except (EngineError, PersonaError) as error:
        engine.close()
        other, remarks = open_engine(settings.engine, known, settings.trusted)
        return other, (*remarks, f"engine: the trained model of {persona.name} does not run: {error}")
    return engine, (f"engine: the trained model of {persona.name}; --engine photo for none",)


def open_engine(
    name: str, known: Calibrated | None, trusted: Collection[str] = ()
) -> tuple[TextureEngine, tuple[str, ...]]:
    """Open an engine by name.

    For "auto" that is the one this machine's calibration found best, or the photo.

    Returns:
        The engine, and what a person should know about a choice that was made for them.

    Raises:
        EngineError: The one that was asked for does not open.
    """
    if name.startswith(_REMOTE):
        how = "unencrypted" if name.startswith(_REMOTE[0]) else "encrypted"
        return open_texture_engine(name, trusted), (f"the face in the picture leaves this computer, {how}, for {name}",)
    if name != "auto" or known is None or known.auto == PHOTO:
        return open_texture_engine(name, trusted), ()
    try:
        return open_texture_engine(known.auto, trusted), (
            f"engine: {known.auto}, as {CALIBRATE} found; --engine photo for none",
        )
    except EngineError as error:
        return open_texture_engine(PHOTO, trusted), (f"engine: photo, since {known.auto} does not open: {error}",)
