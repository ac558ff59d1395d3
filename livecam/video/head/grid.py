"""The shrunk square round a head on which everything is decided.

Its cost does not grow with the face.
"""

from dataclasses import dataclass
from typing import Final, Self

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels

FACE_PX: Final = 80
"""Height of a face on the grid, about."""
_SIDE: Final = 2.7
_SAME: Final = (0.75, 1.3)
_LEAST_PX: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class HeadGrid:
    """A part of the frame and its copy, shrunk by a whole number.

    Attributes:
        left, top: Corner of the part in the frame.
        step: Frame pixels per grid pixel.
        small: (h, w, 3) uint8 the copy.
    """

    left: int
    top: int
    step: int
    small: Pixels

    @classmethod
    def cut(
        cls,
        pixels: Pixels,
        points: Points,
        height: float,
        last_step: int | None,
        half: Pixels | None = None,
        quarter: Pixels | None = None,
    ) -> Self | None:
        """Return the grid round mesh points (468, 3) of a face of this height.

        None where too little is in the frame.

        `last_step` is kept while it serves: resampling that changes with every frame would shimmer. `half` and
        `quarter` are smaller copies of the picture where they are known.
        """
        step = last_step or 0
        if not step or not _SAME[0] < height / (FACE_PX * step) < _SAME[1]:
            step = max(1, round(height / FACE_PX))
        side = int(_SIDE * height) // step * step
        corner = (points[topology.OVAL, :2].mean(0) - side / 2).astype(int) // step * step
        limit = np.array(pixels.shape[1::-1]) // step * step
        left, top = (int(v) for v in np.clip(corner, 0, limit))
        right, bottom = (int(v) for v in np.clip(corner + side, 0, limit))
        size = ((right - left) // step, (bottom - top) // step)
        if min(size) < _LEAST_PX:
            return None
        known, times = _smallest(pixels, half, quarter, step)
        part = known[top // times : bottom // times, left // times : right // times]
        small = part if step == times else cv2.resize(part, size, interpolation=cv2.INTER_AREA)
        return cls(left, top, step, np.ascontiguousarray(small, np.uint8))

    @property
    def box(self) -> tuple[slice, slice]:
        """Rows and columns of the part in the frame."""
        height, width = self.shape
        return np.s_[self.top : self.top + height * self.step, self.left : self.left + width * self.step]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the copy."""
        return self.small.shape[0], self.small.shape[1]

    @property
    def full_wh(self) -> tuple[int, int]:
        """Width and height of the part in the frame."""
        return self.shape[1] * self.step, self.shape[0] * self.step

    def to_grid(self, points: Points) -> NDArray[np.float32]:
        """Return frame points (n, 2 or 3) in grid pixels; z is scaled alike."""
        moved = points / np.float32(self.step)
        moved[:, 0] += np.float32((0.5 - self.left) / self.step - 0.5)
        moved[:, 1] += np.float32((0.5 - self.top) / self.step - 0.5)
        return np.asarray(moved, np.float32)


def _smallest(pixels: Pixels, half: Pixels | None, quarter: Pixels | None, step: int) -> tuple[Pixels, int]:
    """Return the smallest copy that a step is a multiple of, and its reduction."""
    if quarter is not None and step % 4 == 0:
        return quarter, 4
    if half is not None and step % 2 == 0:
        return half, 2
    return pixels, 1
