"""Delete personas and voices, for now or for good."""

import logging
from pathlib import Path

from livecam.app.stores import persona_store, voice_store
from livecam.config.setting_groups import PersonaSettings
from livecam.personas import revoke
from livecam.personas.revoke import RevocationResult

_LOG = logging.getLogger(__name__)


def remove_persona(settings: PersonaSettings, name: str) -> tuple[Path, ...]:
    """Delete a persona, its photo and its record; the photo may be added again.

    Returns:
        Targets of links that led out of the data folder; livecam did not delete them.

    Raises:
        PersonaError: No such persona, or it is built in.
    """
    _LOG.info("persona %s is removed", name)
    return tuple(persona_store(settings).remove(name))


def revoke_persona(settings: PersonaSettings, name: str) -> RevocationResult:
    """Delete a persona and all others of its photo, and refuse the photo from now on.

    Raises:
        PersonaError: No such persona, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    _LOG.info("persona %s is revoked", name)
    return revoke.revoke_persona(name, persona_store(settings))


def remove_voice(settings: PersonaSettings, name: str) -> tuple[Path, ...]:
    """Delete a voice and its record; it may be enrolled again.

    Returns:
        As `remove_persona`.

    Raises:
        PersonaError: No such voice, or it is built in.
    """
    _LOG.info("voice %s is removed", name)
    return tuple(voice_store(settings).remove(name))


def revoke_voice(settings: PersonaSettings, name: str) -> tuple[Path, ...]:
    """Delete a voice, and refuse its recordings from now on.

    Returns:
        As `remove_persona`.

    Raises:
        PersonaError: No such voice, or it is built in.
        ConsentError: The list of revocations cannot be read; nothing is deleted.
    """
    _LOG.info("voice %s is revoked", name)
    return revoke.revoke_voice(name, voice_store(settings))
