"""The user's personas and voices, in the data folder of the settings."""

from livecam.config.setting_groups import PersonaSettings
from livecam.personas.store import PersonaStore
from livecam.personas.voice_store import VoiceStore


def persona_store(settings: PersonaSettings) -> PersonaStore:
    """Open the user's personas."""
    return PersonaStore(settings.folder)


def voice_store(settings: PersonaSettings) -> VoiceStore:
    """Open the user's voices."""
    return VoiceStore(settings.folder)
