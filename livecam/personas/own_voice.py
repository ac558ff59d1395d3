"""Check the voice that is changed.

It is never a synthetic one, and never the persona's own, which would pass unchanged.
"""

from livecam.core.errors import PersonaError
from livecam.core.voice import VoiceStatistics, is_similar
from livecam.personas.built_in_voices import builtin_voice_names

ENROL = "livecam voice enrol me RECORDING"


def check_own_voice(name: str | None) -> None:
    """Check that a speaker may claim a voice as their own.

    Raises:
        PersonaError: It is built in.
    """
    if name in builtin_voice_names():
        raise PersonaError(f"{name} is a synthetic voice, so it is not yours", command=ENROL)


def check_changed(speaker: VoiceStatistics, target: VoiceStatistics, name: str) -> None:
    """Check that the voice of that name changes the speaker.

    Raises:
        PersonaError: The voices may be one person's.
    """
    if is_similar(speaker, target):
        raise PersonaError(
            f"{name} is the speaker's own voice or too near it: nothing would be changed",
            advice="add --voice with another name from: livecam voice list",
        )
