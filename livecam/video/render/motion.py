"""Transfer the live face's motion to a still photo's face.

The pose is limited, the expression is a difference, the lids are absolute.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.pose import Pose, fit_pose
from livecam.video.render.eyelids import EYES, Eyelids, shut_eyelids

_SETTLE_FRAMES: Final = 15
_DRIFT_FRAMES: Final = 900
_MOST_TURN_RAD: Final = (0.28, 0.42, 0.38)
"""Limits of pitch, yaw and roll, beyond which the photo shows too little."""
_MOST_SHIFT: Final = 0.35
_MOST_EXPRESSION: Final = 0.22


class Motion:
    """The live face's motion, as points of the photo's face.

    Args:
        shape: (468, 3) the photo's face, unposed.
        pose: Pose of that face in the picture.
    """

    def __init__(self, shape: Points, pose: Pose) -> None:
        self._shape, self._pose = shape, pose
        self._lids = Eyelids()
        self.reset()

    def reset(self) -> None:
        """Treat the next face as at rest."""
        self._frames = 0
        self._turn = np.zeros(3)
        self._shift = np.zeros(3, np.float32)
        self._home = np.zeros((468, 3), np.float32)
        self._lids.reset()

    @property
    def shut(self) -> NDArray[np.float32]:
        """How far the right and the left eye are shut, (2,) 0..1."""
        return self._lids.shut

    def move_points(self, live: Points) -> Points:
        """Move the photo's face (468, 3) as the live points (468, 3) do.

        Both are in picture pixels.
        """
        pose = fit_pose(live)
        unposed = pose.undo(live)
        turn = np.asarray(cv2.Rodrigues(pose.rotation.astype(np.float64))[0][:, 0], np.float64)
        shift = pose.offset / np.float32(pose.scale)
        self._settle(unposed, turn, shift)
        doing = np.clip(unposed - self._home, -_MOST_EXPRESSION, _MOST_EXPRESSION)
        shape = self._shape + doing
        self._lids.update(unposed)
        for eye in EYES:
            shape[eye.around] = self._shape[eye.around]
        shut_eyelids(shape, self._lids.shut)
        keep_lips_apart(shape)
        return self._pose_shape(shape, turn - self._turn, shift - self._shift)

    def _settle(self, unposed: Points, turn: NDArray[np.float64], shift: Points) -> None:
        """Learn the face at rest.

        It is quick at first, then so slow that only posture counts.
        """
        self._frames += 1
        rate = 1 / min(self._frames, _SETTLE_FRAMES) if self._frames <= _SETTLE_FRAMES else 1 / _DRIFT_FRAMES
        self._turn += rate * (turn - self._turn)
        self._shift += np.float32(rate) * (shift - self._shift)
        self._home += np.float32(rate) * (unposed - self._home)

    def _pose_shape(self, shape: Points, turn: NDArray[np.float64], shift: Points) -> Points:
        """Return the shape at the head's pose, within limits."""
        limited = np.tanh(turn / _MOST_TURN_RAD) * _MOST_TURN_RAD
        rotation = cv2.Rodrigues(limited)[0].astype(np.float32) @ self._pose.rotation
        moved = np.tanh(shift / _MOST_SHIFT) * np.float32(_MOST_SHIFT * self._pose.scale)
        moved[2] = 0
        return Pose(self._pose.scale, rotation, self._pose.offset + moved).apply(shape)


def keep_lips_apart(shape: Points) -> None:
    """Let the inner lips meet where they would cross, in place."""
    ring = topology.INNER_LIPS
    lower, upper = ring[1:10], ring[:10:-1]
    crossed = shape[lower, 1] < shape[upper, 1]
    middle = (shape[lower] + shape[upper]) / 2
    shape[lower[crossed]] = shape[upper[crossed]] = middle[crossed]


def fit_picture_pose(points: NDArray[np.float32], shape: Points) -> Pose:
    """Return the best pose of a shape (468, 3) on points (468, 2).

    The projection is scaled orthographic.
    """
    middle, centre = points.mean(0), shape.mean(0)
    linear = np.linalg.lstsq(shape - centre, points - middle, rcond=None)[0].T
    u, s, vt = np.linalg.svd(linear, full_matrices=False)
    rows = u @ vt
    rotation = np.vstack([rows, np.cross(rows[0], rows[1])]).astype(np.float32)
    scale = float(s.mean())
    shift = np.zeros(3, np.float32)
    shift[:2] = middle - scale * (rotation[:2] @ centre)
    return Pose(scale, rotation, shift)
