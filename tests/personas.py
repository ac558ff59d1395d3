"""Personas for tests, vouched for as the store would."""

from collections.abc import Callable

from livecam.core.persona import Persona, VerifiedPersona
from livecam.personas.vouch import accept_always, vouch_for


def verified(persona: Persona, recheck: Callable[[], None] = accept_always) -> VerifiedPersona:
    """The persona as one that a session shows; `recheck` is asked while it lasts."""
    return vouch_for(persona, recheck)
