"""At the start of a live run with one's own face: is it about the person in front of the camera?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from livecam.config import Settings
from livecam.consent.own_check import not_own, own_match
from livecam.core.persona import PersonaKind
from livecam.parts import FirstFrame, Parts
from livecam.registry import open_recogniser

FRAMES: Final = 15
"""Half a second: enough for a median, and soon over."""

Insist = Callable[[str], bool]
"""Shows what is doubted and asks whether it is so all the same."""


def nobody_to_ask(doubt: str) -> bool:
    """The answer of a script: no."""
    return False


def compared(parts: Parts, settings: Settings, insist: Insist) -> Parts:
    """The parts, with a remark on how the comparison went; as they were where there is nothing to compare.

    Without an identity model, and for personas that are not of kind own, nobody is looked at. Nothing is kept.

    Raises:
        ConsentError: Somebody else is in front of the camera, and nobody insists.
        EngineError: The identity model does not load, or failed.
        CameraError: The camera is gone.
    """
    persona, source = parts.persona, parts.source
    if settings.identity_model is None or persona.kind is not PersonaKind.OWN or not isinstance(source, FirstFrame):
        return parts
    recogniser = open_recogniser(settings.identity_model)
    match = own_match(persona, source.look_ahead(FRAMES), parts.finder, recogniser)
    if match is None:
        says = f"nobody alone in front of the camera at the start: not compared with {persona.name}"
    elif match.same:
        says = match.says
    else:
        doubt = not_own(persona.name, match)
        if not insist(str(doubt)):
            raise doubt
        says = f"{match.says}: somebody said that it is their own all the same"
    return replace(parts, remarks=(*parts.remarks, says))
