"""Places in which a quick look suspects a face.

Looked at closely once, and again when they change.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.detector import overlap_shares
from livecam.core.face import FaceBox

PATCH_PX = 12
SAME_PLACE = 0.5
LIKE_BEFORE = 6.0
"""Grey levels, in the mean over a place, by which a picture that stands still differs from the last one."""
MOST = 16
Pixels = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Place:
    """A place in which a close look saw no face.

    Its box (4,) in pixels, and what it looked like (12, 12).
    """

    box_xyxy: NDArray[np.float32]
    patch: NDArray[np.float32]


class Doubts:
    """Tells which suspicions are new.

    Those that a close look did not confirm are set aside while nothing changes.
    """

    def __init__(self) -> None:
        self._cleared: list[Place] = []

    def open(self, pixels: Pixels, suspected: Sequence[FaceBox]) -> bool:
        """Whether one of the suspected faces was not set aside, or looks different now."""
        return any(not self._is_cleared(pixels, face) for face in suspected)

    def clear(self, pixels: Pixels, suspected: Sequence[FaceBox], found: Sequence[FaceBox]) -> None:
        """Set the suspected faces aside that a close look did not find."""
        for face in suspected:
            if is_apart(face, found):
                self._cleared = [p for p in self._cleared if _common(p.box_xyxy, face.box_xyxy) < SAME_PLACE]
                self._cleared.append(Place(face.box_xyxy, cut_patch(pixels, face.box_xyxy)))
        self._cleared = self._cleared[-MOST:]

    def _is_cleared(self, pixels: Pixels, face: FaceBox) -> bool:
        for place in self._cleared:
            if _common(place.box_xyxy, face.box_xyxy) >= SAME_PLACE:
                # The old place, not the new box: what moves there must not follow the suspicion.
                return float(np.abs(cut_patch(pixels, place.box_xyxy) - place.patch).mean()) < LIKE_BEFORE
        return False


def is_apart(face: FaceBox, others: Sequence[FaceBox]) -> bool:
    """Whether a face is none of the others.

    With each it shares less than half of the smaller of both.
    """
    return all(float(overlap_shares(face.box_xyxy, other.box_xyxy[None])[0][0]) < SAME_PLACE for other in others)


def cut_patch(pixels: Pixels, box_xyxy: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what a place looks like.

    (12, 12) grey, from few samples, of the part of the box in the picture.
    """
    height, width = pixels.shape[:2]
    left, top, right, bottom = np.clip(box_xyxy, 0, [width - 1, height - 1] * 2).astype(int)
    part = pixels[top : bottom + 1, left : right + 1]
    step = max(1, min(part.shape[:2]) // (2 * PATCH_PX))
    small = cv2.resize(np.ascontiguousarray(part[::step, ::step]), (PATCH_PX, PATCH_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small.mean(2), np.float32)


def _common(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(overlap_shares(a, b[None])[1][0])
