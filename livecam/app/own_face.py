"""At the start of a live run with one's own face: is it about the person in front of the camera?"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from livecam.app.components import Components
from livecam.app.consent import ConfirmMismatch
from livecam.app.peekable_source import PeekableSource
from livecam.config.setting_groups import PersonaSettings
from livecam.core.clock import NS_PER_S
from livecam.core.errors import ConsentError
from livecam.core.frame import Frame
from livecam.core.persona import PersonaKind
from livecam.core.ports import FaceRecogniser
from livecam.enrollment.face_match import Match
from livecam.enrollment.identity_check import match_own_face, mismatch_error
from livecam.plugins import open_recogniser

FRAMES: Final = 15
"""Half a second: enough for a median, and soon over. So many frames are looked at together."""
WAIT_NS: Final = 10 * NS_PER_S
"""How long somebody is waited for, by the stamps of the pictures."""
_MOST_LOOKS: Final = 100


def nobody_to_ask(doubt: str) -> bool:
    """The answer of a script: no."""
    return False


def compared(
    parts: Components, settings: PersonaSettings, insist: ConfirmMismatch, trusted: Collection[str] = ()
) -> Components:
    """The parts, with a remark on how the comparison went; as they were where there is nothing to compare.

    Without an identity model, and for personas that are not of kind own, nobody is looked at. Nothing is kept.
    One face that looks into the camera alone is waited for, ten seconds at most: a run never goes on uncompared.

    Raises:
        ConsentError: Somebody else is in front of the camera and nobody insists, or one face alone did not come.
        EngineError: The identity model does not load, or failed.
        CameraError: The camera is gone.
    """
    persona, source = parts.persona, parts.source
    if settings.identity_model is None or persona.kind is not PersonaKind.OWN or not isinstance(source, PeekableSource):
        return parts
    recogniser = open_recogniser(settings.identity_model, trusted)
    match = _awaited(parts, source, recogniser)
    if match is None:
        raise ConsentError(
            f"nobody was alone in front of the camera: {persona.name} could not be compared with who is there",
            advice="sit alone in front of the camera and look into it, or run without --identity-model",
        )
    if match.same:
        says = match.says
    else:
        doubt = mismatch_error(persona.name, match)
        if not insist(str(doubt)):
            raise doubt
        says = f"{match.says}: somebody said that it is their own all the same"
    return replace(parts, remarks=(*parts.remarks, says))


def _awaited(parts: Components, source: PeekableSource, recogniser: FaceRecogniser) -> Match | None:
    """The comparison with the first face that is alone in front of the camera; None if none came in time."""
    begin_ns: int | None = None
    seen = 0
    for _ in range(_MOST_LOOKS):
        frames = _next(source, seen)
        if not frames:
            return None
        match = match_own_face(parts.persona, frames, parts.finder, recogniser)
        seen += len(frames)
        if match is not None:
            # Who has just come may be blurred in the only frame so far.
            more = _next(source, seen) if seen > FRAMES else ()
            return match_own_face(parts.persona, (*frames, *more), parts.finder, recogniser) if more else match
        begin_ns = frames[0].captured_ns if begin_ns is None else begin_ns
        if frames[-1].captured_ns - begin_ns >= WAIT_NS:
            return None
    return None


def _next(source: PeekableSource, seen: int) -> Sequence[Frame]:
    """The next frames after those that were seen; a clip's stay in the source."""
    return source.look_ahead(FRAMES) if source.live else source.look_ahead(seen + FRAMES)[seen:]
