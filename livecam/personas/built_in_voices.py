"""The built-in synthetic voices.

`training/voice/voices.py` makes them.
"""

from functools import lru_cache
from importlib.resources import files
from typing import Final

from livecam.core.errors import PersonaError
from livecam.core.voice import VoiceStatistics
from livecam.personas.voice_file import voice_from_bytes

_NAMES: Final = ("alder", "birch", "cedar", "maple", "willow")


def builtin_voice_names() -> tuple[str, ...]:
    """Return the names, from low to high."""
    return _NAMES


@lru_cache(maxsize=len(_NAMES))
def open_builtin_voice(name: str) -> VoiceStatistics:
    """Return a built-in voice.

    Raises:
        PersonaError: No such name.
    """
    if name not in _NAMES:
        raise PersonaError(f'there is no built-in voice "{name}"', command="livecam voice list")
    return voice_from_bytes(files("livecam.personas").joinpath("voices", f"{name}.npz").read_bytes())
