"""The six built-in synthetic personas."""

from functools import lru_cache
from typing import Final

from livecam.core.errors import PersonaError
from livecam.core.persona import VerifiedPersona
from livecam.personas.generator.compose import make_persona
from livecam.personas.generator.heads import load_head_index
from livecam.personas.generator.recipe import Recipe

_HEADS: Final = {
    "robin": ("wd3", "wd1", "wd2", "wb1"),
    "kim": ("me2", "me4", "me5", "me1"),
    "sasha": ("ww1", "ww7", "ww6", "ww10"),
    "noor": ("mb5", "mb3", "ml5", "mb4"),
    "toni": ("wb3", "wb4", "wb1", "wo2"),
    "alex": ("mo2", "mo1", "mw5", "mw6"),
}
"""Keys of the heads for hair and outline, eyes, nose and mouth, by name."""
_STRENGTH: Final = 1.1


def builtin_names() -> tuple[str, ...]:
    """Return the names, in the order to show them."""
    return tuple(_HEADS)


def find_recipe(name: str) -> Recipe:
    """Return the heads from which a built-in persona is composed."""
    head, eyes, nose, mouth = (load_head_index().number(key) for key in _HEADS[name])
    return Recipe(head, eyes, nose, mouth, strength=_STRENGTH)


@lru_cache(maxsize=len(_HEADS))
def open_builtin(name: str) -> VerifiedPersona:
    """Return a built-in persona.

    Raises:
        PersonaError: No such name.
    """
    if name not in _HEADS:
        raise PersonaError(f'there is no built-in persona "{name}"', command="livecam persona list")
    return make_persona(find_recipe(name), name)
