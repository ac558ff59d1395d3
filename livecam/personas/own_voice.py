"""Whose voice is changed: never nobody's, and never one that is the persona's already, which would go out as it is."""

from livecam.core.errors import PersonaError
from livecam.core.voice import VoiceStatistics, alike
from livecam.personas.built_in_voices import builtin_voice_names

ENROL = "livecam voice enrol me RECORDING"


def check_own_voice(name: str | None) -> None:
    """Whether somebody may say that a voice is theirs.

    Raises:
        PersonaError: It is built in.
    """
    if name in builtin_voice_names():
        raise PersonaError(f"{name} belongs to nobody, so it is not yours", command=ENROL)


def check_changed(speaker: VoiceStatistics, target: VoiceStatistics, name: str) -> None:
    """Whether a speaker is changed by speaking with the voice of that name.

    Raises:
        PersonaError: The voices may be one person's.
    """
    if alike(speaker, target):
        raise PersonaError(
            f"{name} is the speaker's own voice or too near it: nothing would be changed",
            advice="add --voice with another name from: livecam voice list",
        )
