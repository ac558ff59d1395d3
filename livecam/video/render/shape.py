"""Give the live face the persona's bone structure.

It has the persona's identity at the live pose, with the live expression.
"""

from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.pose import Pose

AVERAGE_FRAMES: Final = 20
OUTLINE_SHARE: Final = 0.65
"""How far the oval follows the persona; more would warp what is behind the jaw."""
_FADE_DEPTH = 0.34
_MOUTH_REACH = (0.27, 0.6)
_MOUTH_SHARE = 0.5
_LOWER: Final = topology.INNER_LIPS[1:10]
_UPPER: Final = topology.INNER_LIPS[:10:-1]
_LIP_FADE: Final = (0.1, 0.35)
"""How far from the lips the skin goes with them, in eye distances."""


class IdentitySplit:
    """Separates identity from the difference between two unposed faces.

    `training/face/shape_split.py` learned it from many people and clips.
    """

    def __init__(self) -> None:
        with (files("livecam.video.render") / "shape_split.npz").open("rb") as file, np.load(file) as arrays:
            self._basis = arrays["basis"].astype(np.float32)
            self._face, self._mouth = arrays["face_gain"], arrays["mouth_gain"]
        self._mouth_share = (_MOUTH_SHARE * _near_mouth())[:, None]

    def extract_identity(self, difference: Points) -> Points:
        """Return the identity part (468, 3) of a difference (468, 3).

        Around the mouth, more of it counts as expression.
        """
        code = np.einsum("kn,n->k", self._basis, difference.ravel())
        face = np.einsum("k,kn->n", self._face @ code, self._basis)
        mouth = np.einsum("k,kn->n", self._mouth @ code, self._basis)
        return np.asarray(face.reshape(-1, 3) + self._mouth_share * (mouth - face).reshape(-1, 3), np.float32)


@cache
def _identity_split() -> IdentitySplit:
    """Return the shared split, read once."""
    return IdentitySplit()


def _near_mouth() -> NDArray[np.float32]:
    """Return (468,) 1 at the lips, 0 away from them."""
    lips = topology.CANONICAL[topology.OUTER_LIPS].mean(0)
    away = np.linalg.norm((topology.CANONICAL - lips) * [0.8, 1, 0.5], axis=1)
    low, high = _MOUTH_REACH
    return (1 - smooth(away, low, high)).astype(np.float32)


def _inside_share(outline_share: float) -> NDArray[np.float32]:
    """Return (468, 1) how far each point takes the persona's shape.

    Points inside take all of it, the oval `outline_share`.
    """
    flat = topology.CANONICAL[:, :2]
    away = np.linalg.norm(flat[:, None] - flat[None, topology.OVAL], axis=2).min(1)
    inside = smooth(away, 0, _FADE_DEPTH)
    return (inside + (1 - inside) * outline_share)[:, None].astype(np.float32)


def smooth(x: NDArray[np.floating], low: float, high: float) -> NDArray[np.floating]:
    """Return 0 below `low`, 1 above `high`, and a smooth step between."""
    t = np.minimum(np.maximum((x - low) / (high - low), 0), 1)
    return np.asarray(t * t * (3 - 2 * t))


class ShapeMover:
    """Moves one live face towards one persona.

    It averages over the last frames, so that expression cancels.
    """

    def __init__(self, outline_share: float = OUTLINE_SHARE) -> None:
        """Set how far the oval follows the persona."""
        self._split = _identity_split()
        self._share = _inside_share(outline_share)
        self.reset()

    def reset(self) -> None:
        """Forget the face seen so far."""
        self._mean: Points | None = None

    def move_points(self, points: Points, pose: Pose, shape: Points | None, strength: float) -> Points:
        """Move live points (468, 3) towards the persona's `shape`.

        `shape` is (468, 3), canonical; strength 0..1.
        """
        if shape is None or strength == 0:
            return points
        difference = shape - pose.undo(points)
        if self._mean is None:
            self._mean = difference
        else:
            self._mean += (difference - self._mean) / np.float32(AVERAGE_FRAMES)
        step = self._share * self._split.extract_identity(self._mean) * np.float32(strength * pose.scale)
        return keep_opening(points, (points + step @ pose.rotation.T).astype(np.float32))


def keep_opening(live: Points, moved: Points) -> Points:
    """Return moved points (468, 3) with the mouth as far open as the live one.

    How far it is open is never identity. The average of a few frames takes it partly for that.
    """
    lost = (live[_LOWER] - live[_UPPER]) - (moved[_LOWER] - moved[_UPPER])
    return np.asarray(moved + _lip_reach() * lost[_nearest_lip()], np.float32)


@cache
def _nearest_lip() -> NDArray[np.intp]:
    """Return (468,) which of the nine pairs of inner lips is nearest."""
    middles = (topology.CANONICAL[_LOWER] + topology.CANONICAL[_UPPER])[:, 0] / 2
    return np.abs(topology.CANONICAL[:, :1] - middles[None]).argmin(1)


@cache
def _lip_reach() -> NDArray[np.float32]:
    """Return (468, 1) 0.5 on the lower lip, -0.5 on the upper, 0 away."""
    lower, upper = (
        np.linalg.norm(topology.CANONICAL[:, None, :2] - topology.CANONICAL[None, lip, :2], axis=2).min(1)
        for lip in (_LOWER, _UPPER)
    )
    away = np.minimum(lower, upper)
    return ((1 - smooth(away, *_LIP_FADE)) * np.where(lower < upper, 0.5, -0.5))[:, None].astype(np.float32)
