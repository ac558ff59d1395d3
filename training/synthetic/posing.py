"""Move a head on its neck; the shoulders follow a little or not at all."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.figure import smooth
from training.synthetic.pose import rotation

Floats = NDArray[np.float32]
NECK_CM = np.array([0.0, -6.5, -1.0], np.float32)
BASE_CM = np.array([0.0, -14.0, -3.0], np.float32)


@dataclass(frozen=True, slots=True)
class Pose:
    """Angles of head and shoulders in radians, and the neck's base.

    The base is in camera coordinates.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    body_yaw: float = 0.0
    body_pitch: float = 0.0
    place_cm: tuple[float, float, float] = (0.0, -12.0, -70.0)


def head_turn(pose: Pose) -> Floats:
    """Return the head's rotation (3, 3) relative to the camera."""
    return rotation(pose.yaw, pose.pitch, pose.roll)


def carry_points(points: Floats, share: Floats, pose: Pose) -> Floats:
    """Transform points (n, 3) of the kit to camera coordinates.

    `share` (n,): 1 moves with the head, 0 with the body.
    """
    body = rotation(pose.body_yaw, pose.body_pitch, 0.0)
    relative = body.T @ head_turn(pose)
    headward = (points - NECK_CM) @ relative.T + NECK_CM
    mixed = points + share[:, None] * (headward - points)
    return np.asarray((mixed - BASE_CM) @ body.T + np.array(pose.place_cm, np.float32), np.float32)


def head_share(neutral: Floats) -> Floats:
    """Return how far each vertex (n,) follows the head.

    Face and skull follow wholly, shoulders not at all, the neck in part.
    """
    return smooth(neutral[:, 1] + 0.35 * neutral[:, 2], -15.0, -7.0)
