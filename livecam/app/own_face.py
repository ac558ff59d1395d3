"""Check at the start of a run that an own face is that of the user at the camera."""

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
"""Frames compared together: half a second, enough for a median."""
WAIT_NS: Final = 10 * NS_PER_S
"""How long livecam waits for a face, by the timestamps of the pictures."""
_MOST_LOOKS: Final = 100


def answer_no(doubt: str) -> bool:
    """Answer no, where a script runs without a user."""
    return False


def compared(
    parts: Components, settings: PersonaSettings, insist: ConfirmMismatch, trusted: Collection[str] = ()
) -> Components:
    """Compare the face at the camera with the persona, and add a remark.

    livecam compares only personas of kind own, and only with an identity model. Otherwise it returns the parts
    unchanged.

    livecam waits at most ten seconds for one single face that looks into the camera. A run never starts without the
    comparison. Nothing is stored.

    Raises:
        ConsentError: Another person is at the camera and the user does not insist, or no single face came.
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
            f"no face was alone in front of the camera: {persona.name} could not be compared with who is there",
            advice="sit alone in front of the camera and look into it, or run without --identity-model",
        )
    if match.same:
        says = match.says
    else:
        doubt = mismatch_error(persona.name, match)
        if not insist(str(doubt)):
            raise doubt
        says = f"{match.says}: the user said that it is their own nevertheless"
    return replace(parts, remarks=(*parts.remarks, says))


def _awaited(parts: Components, source: PeekableSource, recogniser: FaceRecogniser) -> Match | None:
    """Compare the first face that is alone in the picture; None if none came in time."""
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
    """Return the next frames after `seen`; those of a clip stay in the source."""
    return source.look_ahead(FRAMES) if source.live else source.look_ahead(seen + FRAMES)[seen:]
