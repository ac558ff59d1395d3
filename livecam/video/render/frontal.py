"""Tell when a face looks into the camera, so that no part of it hides another."""

from typing import Final

from livecam.core.pose import Pose

LIMIT_DEG: Final = 10.0
_KEPT_DEG: Final = 3.0
"""How far beyond the limit a frontal face stays one: a pose at the limit does not go back and forth."""


class FrontalWatch:
    """Keeps whether the face was frontal in the last frame."""

    def __init__(self) -> None:
        self._frontal = False

    def update(self, pose: Pose) -> bool:
        """Return whether a face at this pose is frontal."""
        limit = LIMIT_DEG + (_KEPT_DEG if self._frontal else 0)
        self._frontal = abs(pose.yaw_deg) <= limit and abs(pose.pitch_deg) <= limit
        return self._frontal
