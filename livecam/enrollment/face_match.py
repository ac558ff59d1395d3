"""Is the person in front of the camera the one in the photo.

By a recogniser that the user provides, else by shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.ports import FaceRecogniser
from livecam.core.pose import RIGIDITY, remove_pose
from livecam.core.texture import FaceTexture
from livecam.personas.generator.heads import load_head_index

SAME_COSINE: Final = 0.4
"""Least cosine of two pictures of one person. MobileFaceNet: 0.76 between pictures of one person in the mean, 0.34
between strangers at the 99th percentile."""
SAME_SHAPE: Final = 0.5
"""Largest shape distance taken for one person. In one of 18 clips of people the person was further from their first
frame; of 3,300 pairs of strangers 4 % were nearer, of the six built-in faces against the sample camera's head three. So
it tells most people apart, and no more than that."""
_SHAPES: Final = 24

Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Match:
    """A comparison: whether it holds, and the line that says how it was made."""

    same: bool
    says: str


def match_by_recogniser(recogniser: FaceRecogniser, photo: FaceTexture, seen: Sequence[tuple[Pixels, Points]]) -> Match:
    """Compare the photo with pictures of the live face, by a recogniser.

    Each picture has its mesh (468, 3).

    Raises:
        EngineError: The recogniser failed.
    """
    known = recogniser.embed(photo.pixels, photo.points)
    cosine = float(np.median([known @ recogniser.embed(pixels, points) for pixels, points in seen]))
    return Match(cosine >= SAME_COSINE, f"face compared with the photo by a recogniser: cosine {cosine:.2f}")


def match_by_shape(photo: FaceTexture, front: Sequence[Points]) -> Match:
    """Compare the photo's face shape with that of frontal meshes (468, 3)."""
    if photo.shape is None:
        raise ValueError("the photo's texture has no shape")
    distance = measure_shape_distance(photo.shape, np.median([remove_pose(points) for points in front], axis=0))
    return Match(distance <= SAME_SHAPE, f"face compared with the photo by its shape: distance {distance:.2f}")


def measure_shape_distance(one: Points, other: Points) -> float:
    """Return the distance of two shapes (468, 3): 0 equal, 1 unrelated.

    By their deviations from the mean head.
    """
    a, b = _deviation(one), _deviation(other)
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return 1 - float(a @ b) / length if length > 0 else 0.0


def _deviation(shape: Points) -> Vector:
    mean, axes = _population()
    return np.asarray(((shape - mean) * _WEIGHTS).ravel() @ axes, np.float32)


_WEIGHTS: Final = np.sqrt(RIGIDITY)[:, None]


@cache
def _population() -> tuple[Points, Vector]:
    """Return the shipped heads' mean (468, 3) and their deviations (1404, 24).

    Each deviation is over its spread.
    """
    shapes = np.array([remove_pose(points) for points in load_head_index().points])
    mean = np.asarray(shapes.mean(0), np.float32)
    flat = ((shapes - mean) * _WEIGHTS).reshape(len(shapes), -1)
    _, spread, axes = np.linalg.svd(flat, full_matrices=False)
    return mean, np.asarray(axes[:_SHAPES].T / (spread[:_SHAPES] / np.sqrt(len(shapes))), np.float32)
