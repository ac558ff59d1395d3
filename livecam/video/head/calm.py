"""A calm pose for the drawn head.

Its turn and size filtered as a whole, so that its outline does not tremble.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.pose import Pose
from livecam.video.tracking.smoothing import OneEuro, to_rotation, to_rotation_vector

_MIDDLE: Final = np.array([[0, 0.3, 0.5]], np.float32)
"""The point of the head that stays where the face is, in outer eye distances."""


@dataclass(frozen=True, slots=True)
class CalmConfig:
    """Cut-off frequencies of the head's turn.

    Attributes:
        rest_hz: Of a head at rest: far lower than the face's own, for hair ends at a long lever.
        hz_per_speed: Added per radian a second.
        rest_speed: Radians a second that noise alone makes.
        speed_hz: How fast the speed is learned: noise changes its sign before that.
        gap_s: After a longer gap the past is forgotten.
    """

    rest_hz: float = 0.3
    hz_per_speed: float = 10.0
    rest_speed: float = 0.25
    speed_hz: float = 1.2
    gap_s: float = 0.3


class CalmPose:
    """One-Euro over the rotation vector and the logarithm of the size."""

    def __init__(self, config: CalmConfig | None = None) -> None:
        self._config = config = config or CalmConfig()
        rest = np.full((1, 1), config.rest_hz, np.float32)
        self._filter = OneEuro(rest, config.hz_per_speed, config.rest_speed, config.speed_hz)
        self.reset()

    def reset(self) -> None:
        """Forget the past; the next pose is taken as it is."""
        self._filter.reset()
        self._first: Pose | None = None
        self._seen_ns = 0

    def update(self, pose: Pose, now_ns: int) -> Pose:
        """Return the calm pose at a frame's time; the face's middle stays where it is."""
        step_s = (now_ns - self._seen_ns) / NS_PER_S
        if self._first is None or not 0 < step_s <= self._config.gap_s:
            self.reset()
            self._first, step_s = pose, 1.0
        self._seen_ns = now_ns
        first = self._first or pose
        turn = to_rotation_vector(pose.rotation @ first.rotation.T)
        row = np.concatenate([turn, [np.log(pose.scale / first.scale)]]).astype(np.float32)[None]
        calm = self._filter.update(row, step_s)[0]
        rotation = np.asarray(to_rotation(calm[:3]) @ first.rotation, np.float32)
        scale = float(first.scale * np.exp(calm[3]))
        offset = pose.apply(_MIDDLE)[0] - np.float32(scale) * (rotation @ _MIDDLE[0])
        return Pose(scale, rotation, np.asarray(offset, np.float32))
