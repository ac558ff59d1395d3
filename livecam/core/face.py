"""Faces in a frame: boxes from a detector and meshes from a landmark network."""

import math
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Self

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S

POINT_COUNT = 468
Points = NDArray[np.float32]

_STILL = np.zeros((POINT_COUNT, 3), np.float32)
_STILL.flags.writeable = False


def find_bounds(points: Points) -> tuple[Points, Points]:
    """Return the least and the largest coordinates (k,) of points (n, k).

    Rows of numbers are searched in half the time of columns.
    """
    rows = np.ascontiguousarray(points.T)
    return rows.min(1), rows.max(1)


@dataclass(frozen=True, slots=True, eq=False)
class FaceBox:
    """A detection in frame pixels.

    Attributes:
        box_xyxy: (4,) float32 left, top, right, bottom.
        points: (5, 2) float32 eye centres (image-left, image-right), nose tip, mouth corners (left, right).
        score: Confidence 0..1.
    """

    box_xyxy: Points
    points: Points
    score: float

    def __post_init__(self) -> None:
        if self.box_xyxy.shape != (4,) or self.points.shape != (5, 2):
            raise ValueError(f"box must be (4,), points (5, 2), got {self.box_xyxy.shape} and {self.points.shape}")

    @property
    def area_px(self) -> float:
        """Area of the box in square pixels."""
        left, top, right, bottom = self.box_xyxy
        return float(max(right - left, 0) * max(bottom - top, 0))


class Side(Enum):
    """An edge of the picture."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


@dataclass(frozen=True, slots=True)
class EdgeStrip:
    """A part at an edge of the picture where something entered.

    Attributes:
        side: The edge.
        begin_px: Where the part begins along the edge, from the left or the top.
        length_px: Its length along the edge; it reaches half as far into the picture.
    """

    side: Side
    begin_px: int
    length_px: int


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """What covers the face.

    Attributes:
        probability: (n, n) float32 0..1 over the face crop.
        frame_to_map: (2, 3) float32 affine from frame pixels to map pixels.
    """

    probability: NDArray[np.float32]
    frame_to_map: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class FaceMesh:
    """A face as 468 points in MediaPipe's numbering.

    Attributes:
        points: (468, 3) float32 in frame pixels; z on the same scale, smaller is nearer to the camera.
        score: Probability 0..1 that this is a face.
        seen_ns: `captured_ns` of the frame it was found in.
        velocity: (468, 3) float32 pixels per second, zero when unknown.
        cover: What covers it, if the network says so.
    """

    points: Points
    score: float
    seen_ns: int
    velocity: Points = field(default_factory=lambda: _STILL)
    cover: Cover | None = None
    _bounds: Points | None = field(default=None, init=False, repr=False)
    _pose: object = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        if self.points.shape != (POINT_COUNT, 3) or self.points.dtype != np.float32:
            raise ValueError(f"points must be ({POINT_COUNT}, 3) float32, got {self.points.shape} {self.points.dtype}")

    def predict(self, t_ns: int) -> Self:
        """Return the face predicted for another time by constant velocity.

        `seen_ns` does not change.
        """
        if self.velocity is _STILL or t_ns == self.seen_ns:
            return self
        step_s = np.float32((t_ns - self.seen_ns) / NS_PER_S)
        return replace(self, points=self.points + self.velocity * step_s)

    @property
    def box_xyxy(self) -> Points:
        """(4,) float32 bounds of the points, read-only; found once."""
        if self._bounds is None:
            bounds = np.concatenate([side[:2] for side in find_bounds(self.points)])
            bounds.flags.writeable = False
            object.__setattr__(self, "_bounds", bounds)
            return bounds
        return self._bounds

    @property
    def eye_distance_px(self) -> float:
        """Distance of the outer eye corners, the unit of every error figure."""
        return math.dist(self.points[33].tolist(), self.points[263].tolist())
