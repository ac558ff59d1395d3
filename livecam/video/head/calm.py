"""A calm place for the drawn head.

Its turn, size and place are filtered as a whole, so that its outline does not tremble.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.pose import Pose
from livecam.video.tracking.smoothing import OneEuro, to_rotation, to_rotation_vector

Place = NDArray[np.float32]
Six = tuple[float, float, float, float, float, float]
_MIDDLE: Final = np.array([[0, 0.3, 0.5]], np.float32)
"""The point of the head that stays where the face is, in outer eye distances."""


@dataclass(frozen=True, slots=True)
class CalmConfig:
    """Cut-off frequencies.

    Six values each: about the axes across, down and ahead in radians, the logarithm of the size, and the place across
    and down in eye distances.

    Each axis is filtered by its own speed. The mesh errs most about the axis across, and it does so while a head turns
    about the other ones: one speed for all would let that through.

    Attributes:
        rest_hz: Of a head at rest: far lower than the face's own, for hair ends at a long lever.
        hz_per_speed: Added per unit a second.
        rest_speed: Units a second that noise alone makes.
        speed_hz: How fast the speed is learned: noise changes its sign before that.
        gap_s: After a longer gap the past is forgotten.
    """

    rest_hz: Six = (0.3, 0.3, 0.3, 0.3, 0.5, 0.5)
    hz_per_speed: Six = (0.3, 2.0, 0.8, 0.8, 5.0, 3.0)
    rest_speed: Six = (0.4, 0.2, 0.2, 0.2, 0.1, 0.1)
    speed_hz: Six = (2.0, 2.0, 2.0, 2.0, 1.5, 1.5)
    gap_s: float = 0.3


class CalmPose:
    """One-Euro over the rotation vector, the logarithm of the size, and the place."""

    def __init__(self, config: CalmConfig | None = None) -> None:
        self._config = config = config or CalmConfig()
        rows = (config.rest_hz, config.hz_per_speed, config.rest_speed, config.speed_hz)
        self._filter = OneEuro(*(np.array(row, np.float32)[:, None] for row in rows))
        self.reset()

    def reset(self) -> None:
        """Forget the past; the next pose is taken as it is."""
        self._filter.reset()
        self._first: Pose | None = None
        self._seen_ns = 0

    def update(self, pose: Pose, middle: Place, now_ns: int) -> tuple[Pose, Place]:
        """Return the calm pose at a frame's time, and the calm middle (2,) of the face.

        Args:
            pose: Of the live face.
            middle: (2,) of the bony part of the drawn face in frame pixels.
            now_ns: The frame's time.
        """
        step_s = (now_ns - self._seen_ns) / NS_PER_S
        if self._first is None or not 0 < step_s <= self._config.gap_s:
            self.reset()
            self._first, step_s = pose, 1.0
        self._seen_ns = now_ns
        first = self._first or pose
        turn = to_rotation_vector(pose.rotation @ first.rotation.T)
        row = np.concatenate([turn, [np.log(pose.scale / first.scale)], middle / first.scale])
        calm = self._filter.update(row.astype(np.float32)[:, None], step_s)[:, 0]
        rotation = np.asarray(to_rotation(calm[:3]) @ first.rotation, np.float32)
        scale = float(first.scale * np.exp(calm[3]))
        offset = pose.apply(_MIDDLE)[0] - np.float32(scale) * (rotation @ _MIDDLE[0])
        calm_pose = Pose(scale, rotation, np.asarray(offset, np.float32))
        return calm_pose, np.asarray(calm[4:] * first.scale, np.float32)
