"""Vouch for a persona.

Only the store and the generator of synthetic faces may import this (import-linter).
"""

from collections.abc import Callable

from livecam.core.persona import Persona, VerifiedPersona


def vouch_for(persona: Persona, recheck: Callable[[], None]) -> VerifiedPersona:
    """Return the persona as one that a session shows.

    Args:
        persona: Its record was checked just now.
        recheck: Asks the same again; raises PersonaError when the answer is no.
    """
    verified = object.__new__(VerifiedPersona)
    for name in ("name", "kind", "photo", "consent", "remarks"):
        object.__setattr__(verified, name, getattr(persona, name))
    object.__setattr__(verified, "_recheck", recheck)
    return verified


def accept_always() -> None:
    """Accept a generated face, which belongs to no person and does not expire."""
