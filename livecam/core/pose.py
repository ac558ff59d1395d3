"""Fit the pose of a face: the similarity between two sets of mesh points.

Bony parts have the highest weight.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import POINT_COUNT, FaceMesh, Points
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
"""Return (468,) how little each point moves with expression; sums to one."""
_MIDDLE: Final = RIGIDITY @ CANONICAL
# Weighted and without their mean, so that the mean of what they are multiplied with does not count.
_LEANING: Final = np.ascontiguousarray(((CANONICAL - _MIDDLE) * RIGIDITY[:, None]).T)
_SPREAD: Final = float(((CANONICAL - _MIDDLE) ** 2).sum(1) @ RIGIDITY)


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """A similarity: scale, then rotation (3, 3), then translation by `offset` (3,)."""

    scale: float
    rotation: NDArray[np.float32]
    offset: NDArray[np.float32]

    def apply(self, points: Points) -> Points:
        """Transform points (n, 3)."""
        return (points @ self.rotation.T * np.float32(self.scale) + self.offset).astype(np.float32)

    def undo(self, points: Points) -> Points:
        """Transform points (n, 3) back."""
        return ((points - self.offset) @ self.rotation / np.float32(self.scale)).astype(np.float32)

    @property
    def yaw_deg(self) -> float:
        """Turn about the vertical axis, positive towards the picture's right."""
        return float(np.degrees(np.arctan2(-self.rotation[0, 2], self.rotation[2, 2])))

    @property
    def pitch_deg(self) -> float:
        """Turn about the horizontal axis, positive upwards."""
        return float(np.degrees(np.arctan2(self.rotation[1, 2], self.rotation[2, 2])))


def fit_pose(points: Points) -> Pose:
    """Return the similarity from the canonical face to points (468, 3).

    Points are weighted by `RIGIDITY` (Umeyama 1991).
    """
    u, spread, vt = np.linalg.svd((_LEANING @ points).astype(np.float64))
    if _is_mirrored(*u.tolist()) != _is_mirrored(*vt.tolist()):
        u[:, 2] *= -1
        spread[2] *= -1
    rotation = (u @ vt).T.astype(np.float32)
    scale = float(sum(spread.tolist()) / _SPREAD)
    return Pose(scale, rotation, (RIGIDITY @ points - scale * rotation @ _MIDDLE).astype(np.float32))


def _is_mirrored(a: list[float], b: list[float], c: list[float]) -> bool:
    """Whether the determinant of a matrix of these rows is negative."""
    across = b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]
    return a[0] * across[0] + a[1] * across[1] + a[2] * across[2] < 0


def find_pose(mesh: FaceMesh) -> Pose:
    """Return the pose of a mesh; it is fitted once."""
    if not isinstance(mesh._pose, Pose):
        pose = fit_pose(mesh.points)
        object.__setattr__(mesh, "_pose", pose)
        return pose
    return mesh._pose


def remove_pose(points: Points) -> Points:
    """Return the face's own shape (468, 3) in the canonical frame.

    It is frontal; the unit is the outer eye distance of the mean.
    """
    return fit_pose(points).undo(points)
