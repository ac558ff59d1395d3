"""Measure the contrast of the live face, which is low in haze and darkness.

The persona gets the same contrast.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.video.render.lighting import LogColour, read_log_colours

EVERY_FRAMES: Final = 5
_FOLLOW: Final = 0.06
_IDLE: Final = 0.02
_USUAL: Final = 0.42
"""Log contrast of brows, eyes and lips against skin in nine of ten clear pictures, or more."""
_FIRMNESS: Final = 0.75
_LEAST: Final = 0.3
_FEATURES: Final[NDArray[np.int32]] = np.concatenate([
    topology.RIGHT_BROW, topology.LEFT_BROW, topology.RIGHT_EYE, topology.LEFT_EYE, topology.RIGHT_UPPER_LID,
    topology.LEFT_UPPER_LID, topology.OUTER_LIPS, topology.INNER_LIPS,
])  # fmt: skip


class ContrastMatch:
    """Averages the live face's contrast slowly.

    Attributes:
        share: 0..1 of the full contrast.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past frames."""
        self.share = 1.0
        self._frame = 0

    def update(self, small: Pixels, points: Points, light: LogColour) -> None:
        """Count a frame and measure every few frames.

        Args:
            small: (q, q, 3) the live face.
            points: (468, 3) in its pixels.
            light: (468, 3) log colour of plain skin at the points.
        """
        first, due = self._frame == 0, self._frame % EVERY_FRAMES == 0
        self._frame += 1
        if not due:
            return
        rest = (read_log_colours(small, np.ascontiguousarray(points[_FEATURES, :2])) - light[_FEATURES]).mean(1)
        found = float(np.clip((np.sqrt(np.mean(rest**2)) / _USUAL) ** _FIRMNESS, _LEAST, 1))
        if first or abs(found - self.share) > _IDLE:
            self.share += (1.0 if first else _FOLLOW) * (found - self.share)
