"""Personas for tests, vouched for as the store would."""

from collections.abc import Callable

from livecam.core.persona import Persona, VerifiedPersona
from livecam.personas.vouch import always, vouched


def verified(persona: Persona, recheck: Callable[[], None] = always) -> VerifiedPersona:
    """The persona as one that a session shows; `recheck` is asked while it lasts."""
    return vouched(persona, recheck)
