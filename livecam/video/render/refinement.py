"""Let a small network make the drawn face look photographed.

Of the live face it sees the light alone, and it changes only what is the persona's, or inside eyes and mouth.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.ports import FaceRefiner
from livecam.core.refinement import LIGHT_STEP_PX, PLANE_COUNT, REFINE_PX, RefinePlane
from livecam.video.render import masks
from livecam.video.render import mesh_border as mantle
from livecam.video.render.canvas import Canvas

_SIZE: Final = (REFINE_PX, REFINE_PX)
_LIGHTS: Final = (REFINE_PX // LIGHT_STEP_PX, REFINE_PX // LIGHT_STEP_PX)
_OPENINGS: Final = (topology.RIGHT_EYE, topology.LEFT_EYE, topology.INNER_LIPS)
_FRAMES_IN: Final = 8
_FRAMES_OUT: Final = 4
"""Frames in which the change appears and disappears, so that a change of the level of work is no flash."""


class Refinement:
    """Refines the face of one renderer.

    Attributes:
        share: 0..1 how much of the change is applied; it grows and shrinks from frame to frame.
    """

    def __init__(self, refiner: FaceRefiner) -> None:
        """`refiner` may be shared with other renderers."""
        self.share = 0.0
        self._refiner = refiner
        self._change: NDArray[np.float32] | None = None
        self._planes = np.zeros((PLANE_COUNT, *_SIZE), np.float32)
        self._facing = np.empty((mantle.POINT_COUNT, 1), np.float32)

    def reset(self) -> None:
        """Forget the face, before another one or after a gap."""
        self.share, self._change = 0.0, None

    def update(
        self,
        canvas: Canvas,
        mask: NDArray[np.uint8],
        points: Points,
        facing: NDArray[np.float32],
        covered: NDArray[np.float32],
        has_time: bool,
    ) -> None:
        """Refine `canvas.colour` in place.

        It is mixed and multiplied by its mask already. Without time the last change fades out.

        Args:
            canvas: With its final `alpha`, and `live`.
            mask: (n, n) where the canvas differs from the frame; it is not `canvas.plane[0]`.
            points: (POINT_COUNT, 3) the drawn mesh on the canvas.
            facing: (468,) 0..1 how far each point faces the camera.
            covered: (q, q) 0..1 what is in front of the face.
            has_time: Whether the frame's budget allows it.

        Raises:
            EngineError: The network failed.
        """
        self.share = float(np.clip(self.share + (1 / _FRAMES_IN if has_time else -1 / _FRAMES_OUT), 0, 1))
        if self.share == 0 or not (has_time or self._change is not None):
            return
        if has_time:
            self._lay_planes(canvas, mask, points, facing)
            self._change = self._refiner.refine(self._planes)
        assert self._change is not None
        opening = _fill(canvas.plane[0], points, _OPENINGS)
        free = cv2.resize(cv2.convertScaleAbs(covered, alpha=-255, beta=255), opening.shape)
        cv2.multiply(opening, free, dst=opening, scale=1 / 255)
        cv2.min(cv2.max(opening, canvas.alpha), mask, dst=opening)
        add_change(canvas.colour, self._change, opening, self.share)

    def _lay_planes(self, canvas: Canvas, mask: NDArray[np.uint8], points: Points, facing: NDArray[np.float32]) -> None:
        spread = canvas.spread(points, mantle.extend_values(facing[:, None], self._facing)[:, 0])
        planes = self._planes
        around = _shrunk(canvas.live) * (1 - _shrunk(mask).astype(np.float32) / 255)[..., None]
        planes[: RefinePlane.LIGHT] = (_shrunk(canvas.colour) + around).transpose(2, 0, 1)
        planes[RefinePlane.LIGHT : RefinePlane.DRAWN] = _light(canvas.live).transpose(2, 0, 1)
        planes[RefinePlane.DRAWN] = _shrunk(canvas.alpha)
        planes[RefinePlane.OPENING] = _shrunk(_fill(canvas.plane[0], points, _OPENINGS))
        planes[RefinePlane.OVAL] = _shrunk(_fill(canvas.plane[0], points, (topology.OVAL,)))
        planes *= np.float32(1 / 255)
        planes[RefinePlane.FACING] = np.clip(cv2.resize(spread, _SIZE), 0, 1)


def add_change(colour: NDArray[np.uint8], change: NDArray[np.float32], where: NDArray[np.uint8], share: float) -> None:
    """Add a change (3, m, m) of -1..1 to colours (n, n, 3), in place.

    It is scaled by `where` (n, n) 0..255 and `share`.
    """
    wide = np.asarray(change.transpose(1, 2, 0) * np.float32(share), np.float32)
    wide = np.asarray(cv2.resize(wide, where.shape), np.float32)
    cv2.multiply(wide, cv2.merge([where, where, where]), dst=wide, dtype=cv2.CV_32F)
    cv2.add(colour, wide, dst=colour, dtype=cv2.CV_8U)


def _fill(mask: NDArray[np.uint8], points: Points, rings: tuple[NDArray[np.int32], ...]) -> NDArray[np.uint8]:
    """Return the mask (n, n) with the rings of mesh points filled, 255."""
    mask.fill(0)
    for ring in rings:
        cv2.fillPoly(mask, [masks.polygon(points[ring])], 255, shift=masks.SHIFT)
    return mask


def _shrunk(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return a canvas picture at the network's size."""
    if picture.shape[:2] == _SIZE:
        return picture
    return np.asarray(cv2.resize(picture, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def _light(live: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the slow light (m, m, 3) of a live picture (n, n, 3), 0..255."""
    means = cv2.resize(live, _LIGHTS, interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(cv2.resize(means, _SIZE), np.float32)
