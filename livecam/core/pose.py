"""Pose of a face: the similarity that carries one set of mesh points onto another, judged by its bony parts."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import POINT_COUNT, Points
from livecam.core.topology import (
    CANONICAL,
    EYE_CORNERS,
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    NOSE_RIDGE,
    OUTER_LIPS,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
)

_MOVING = (
    INNER_LIPS, OUTER_LIPS, LEFT_BROW, RIGHT_BROW, LEFT_EYE, RIGHT_EYE,
    LEFT_LOWER_LID, RIGHT_LOWER_LID, LEFT_UPPER_LID, RIGHT_UPPER_LID,
)  # fmt: skip
_SUBNASAL = 2


def _rigidity() -> NDArray[np.float32]:
    weights = np.ones(POINT_COUNT, np.float32)
    weights[CANONICAL[_SUBNASAL, 1] < CANONICAL[:, 1]] = 0.1
    weights[np.concatenate(_MOVING)] = 0.15
    weights[np.concatenate([EYE_CORNERS, NOSE_RIDGE])] = 1.5
    weights /= weights.sum()
    weights.flags.writeable = False
    return weights


RIGIDITY: Final[NDArray[np.float32]] = _rigidity()
"""(468,) how little each point moves with expression; sums to one."""


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A similarity: `points * scale` turned by `rotation` (3, 3), then moved by `offset` (3,)."""

    scale: float
    rotation: NDArray[np.float32]
    offset: NDArray[np.float32]

    def apply(self, points: Points) -> Points:
        """Carry points (n, 3) along."""
        return (points @ self.rotation.T * np.float32(self.scale) + self.offset).astype(np.float32)

    def undo(self, points: Points) -> Points:
        """Carry points (n, 3) back."""
        return ((points - self.offset) @ self.rotation / np.float32(self.scale)).astype(np.float32)

    @property
    def yaw_deg(self) -> float:
        """Turn about the vertical axis, positive towards the picture's right."""
        return float(np.degrees(np.arctan2(-self.rotation[0, 2], self.rotation[2, 2])))


def pose_between(source: Points, target: Points, weights: NDArray[np.float32] = RIGIDITY) -> Pose:
    """The similarity that carries source points (468, 3) nearest to target points (468, 3) (Umeyama 1991)."""
    mean_s, mean_t = weights @ source, weights @ target
    a, b = source - mean_s, target - mean_t
    u, spread, vt = np.linalg.svd((a * weights[:, None]).T.astype(np.float64) @ b)
    sign = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = ((u * sign) @ vt).T.astype(np.float32)
    scale = float((spread * sign).sum() / ((a**2).sum(1) @ weights))
    return Pose(scale, rotation, (mean_t - scale * rotation @ mean_s).astype(np.float32))


def pose_of(points: Points) -> Pose:
    """The pose that carries the canonical face onto points (468, 3)."""
    return pose_between(CANONICAL, points)


def unposed(points: Points) -> Points:
    """The face's own shape (468, 3) in the canonical frame: turned frontal, unit = outer eye distance of the mean."""
    return pose_of(points).undo(points)
