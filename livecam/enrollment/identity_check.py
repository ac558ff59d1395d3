"""Check that an own persona shows the person in front of the camera.

It happens once, at the start; nothing is kept.
"""

from collections.abc import Sequence

from livecam.core.errors import ConsentError
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.ports import FaceFinder, FaceRecogniser
from livecam.core.pose import fit_pose
from livecam.enrollment.face_match import Match, match_by_recogniser
from livecam.enrollment.live_check import FaceFollower

_FRONT_DEG = 25.0


def match_own_face(
    persona: Persona, frames: Sequence[Frame], finder: FaceFinder, recogniser: FaceRecogniser
) -> Match | None:
    """Compare the one person in some frames with the persona's photo.

    Returns:
        The comparison; None when no frame shows exactly one face that looks into the camera.

    Raises:
        EngineError: The recogniser failed.
    """
    follower = FaceFollower(finder)
    seen = []
    for frame in frames:
        points, faces = follower.see(frame)
        if points is not None and faces == 1 and abs(fit_pose(points).yaw_deg) < _FRONT_DEG:
            seen.append((frame.pixels, points))
    return match_by_recogniser(recogniser, persona.photo, seen) if seen else None


def mismatch_error(name: str, match: Match) -> ConsentError:
    """Return the error for an own persona with another person at the camera."""
    return ConsentError(
        f"the person in front of the camera is not taken for the one in {name}, which is said to be their own face "
        f"({match.says})",
        advice=f"if {name} is a person who agreed: livecam persona renew {name} --consent consented",
    )
