"""Ask for random head turns, and compare the face with the photo.

No picture is kept.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from livecam.core.errors import ConsentError
from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder, FaceRecogniser, FrameSource
from livecam.core.texture import FaceTexture
from livecam.enrollment.challenge import Challenge, draw_challenge
from livecam.enrollment.face_match import Match, match_by_recogniser, match_by_shape
from livecam.enrollment.head_turns import HeadTurns, Stage

ATTEMPTS: Final = 3
CLEAR_SCORE: Final = 0.6
CLEAR_AREA: Final = 0.2
_FACE_SCORE: Final = 0.5
_LOOK_AROUND_EVERY: Final = 5
_PICTURES: Final = 5
_PICTURE_EVERY: Final = 3

Tell = Callable[[str], None]


class FaceFollower:
    """The one face of a live picture, and whether it is the only one."""

    def __init__(self, finder: FaceFinder) -> None:
        """Use a finder."""
        self._finder = finder
        self._mesh: FaceMesh | None = None
        self._count = 0
        self._frames = 0

    def see(self, frame: Frame) -> tuple[Points | None, int]:
        """Return the face's mesh (468, 3) or None, and the number of clear faces."""
        if self._mesh is None or self._frames % _LOOK_AROUND_EVERY == 0:
            boxes = self._finder.detect(frame)
            self._count = clear_faces(boxes)
            if self._mesh is None and boxes:
                self._mesh = self._finder.mesh(frame, max(boxes, key=lambda box: box.area_px))
        self._frames += 1
        if self._mesh is None:
            return None, 0
        mesh = self._finder.mesh(frame, self._mesh)
        self._mesh = mesh if mesh.score >= _FACE_SCORE else None
        return (mesh.points if self._mesh is not None else None), self._count


def clear_faces(boxes: Sequence[FaceBox]) -> int:
    """Return how many faces of a picture count.

    Sure ones, and not small next to the largest.
    """
    largest = max((box.area_px for box in boxes), default=0.0)
    return sum(box.score >= CLEAR_SCORE and box.area_px >= CLEAR_AREA * largest for box in boxes)


@dataclass(slots=True)
class PassedCheck:
    """Result of the live check in front of the camera.

    Attributes:
        challenge: What was asked.
        follower: Follows the same face on.
        front: Meshes (468, 3) looking straight.
        pictures: Some of the pictures they were found in, each with its mesh; kept in memory only.
        lines: What was seen, for the record.
    """

    challenge: Challenge
    follower: FaceFollower
    front: list[Points] = field(default_factory=list)
    pictures: list[tuple[Pixels, Points]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


def turn_head(
    source: FrameSource, finder: FaceFinder, chance: random.Random, name: str, today: date, tell: Tell
) -> PassedCheck:
    """Ask for two turns of the head, up to three times, each time for others.

    Args:
        source: The camera.
        finder: Finds the face.
        chance: Draws what is asked.
        name, today: Of the persona; parts of the phrase that follows.
        tell: Shows a line to the person.

    Raises:
        ConsentError: It was not done, or the picture ended.
        CameraError: The camera is gone.
    """
    why = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            tell(f"{why[:1].upper()}{why[1:]}. Once more, with other turns.")
        passed = PassedCheck(draw_challenge(chance, name, today), FaceFollower(finder))
        why = _attempt(source, passed, tell)
        if not why:
            return passed
    raise ConsentError(
        f"the check in front of the camera was not passed: {why}",
        advice=f"run: livecam persona enrol {name}, alone, in even light, the face a third of the picture high",
    )


def _attempt(source: FrameSource, passed: PassedCheck, tell: Tell) -> str:
    """Return why it failed; empty when it did not."""
    turns = HeadTurns(passed.challenge)
    announced = None
    while turns.stage not in (Stage.DONE, Stage.FAILED):
        if (turns.stage, turns.asked) != announced:
            announced = turns.stage, turns.asked
            tell(
                "Look straight into the camera." if turns.stage is Stage.STRAIGHT else f"Turn your head {turns.asked}."
            )
        frame = source.read()
        if frame is None:
            raise ConsentError("the picture ended before the check was done", command="livecam devices")
        points, faces = passed.follower.see(frame)
        known = len(turns.front)
        turns.see(points, frame.captured_ns, faces)
        if points is not None and len(turns.front) > known and known % _PICTURE_EVERY == 0:
            passed.pictures = [*passed.pictures, (frame.pixels, points)][-_PICTURES:]
    passed.front, passed.lines = turns.front, turns.done
    return turns.why


def match_face(photo: FaceTexture, passed: PassedCheck, recogniser: FaceRecogniser | None) -> Match:
    """Compare the person who turned their head with the photo.

    Raises:
        EngineError: The recogniser failed.
    """
    if recogniser is not None:
        return match_by_recogniser(recogniser, photo, passed.pictures)
    return match_by_shape(photo, passed.front[-30:])
