"""The mark's strength in each cell, below the visible threshold.

It is stronger where texture or movement hides it.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.disclosure.picture.visibility import find_unseen_step

Box = NDArray[np.float32]
SAFETY: Final = 0.9
STRONGEST: Final = 2.2
# A grating hides another with the power 0.6 of its own contrast: Legge and Foley, J. Opt. Soc. Am. 70 (1980) 1458-1471.
_MASKING_POWER, _EVEN_LEVELS = 0.6, 2.0
_PERSON_GAIN = 1.25
# Shoulders: two widths of the face to each side of its middle, down to the picture's edge.
_SHOULDERS = 2.0
_SAMPLES_PER_CELL = 10
# Stray light would allow more in the blackest parts; not every screen has it.
_EVEN_STEP = SAFETY * np.minimum.accumulate(find_unseen_step(np.arange(256, dtype=np.float32))[::-1])[::-1]


class Masking:
    """The strengths of the cells in pictures of one size."""

    def __init__(self, size_wh: tuple[int, int], grid_wh: tuple[int, int]) -> None:
        self._columns = grid_wh[0]
        self._cell_wh = size_wh[0] / grid_wh[0], size_wh[1] / grid_wh[1]
        self._every_px = max(1, round(min(self._cell_wh) / _SAMPLES_PER_CELL))

    def levels(self, strip: Pixels) -> NDArray[np.float32]:
        """Return a sample of the brightness of one row of cells, (h, w) float32.

        `strip`: (h, w, 3) uint8 BGR.
        """
        every = self._every_px
        return strip[every // 2 :: every, ::every, 1].astype(np.float32)

    def strengths(
        self,
        levels: NDArray[np.float32],
        row: int,
        faces: Sequence[Box] = (),
        before: NDArray[np.float32] | None = None,
    ) -> NDArray[np.float32]:
        """Return grey levels at the middle of each chip of one row of cells.

        Args:
            levels: The row's `levels`.
            row: Number of the row.
            faces: x0, y0, x1, y1 of the faces in the picture.
            before: Its levels some pictures ago, where they are known; movement hides the mark as texture does.

        Returns:
            (columns,) float32, 0..STRONGEST.
        """
        mean, square = self._means(levels), self._means(levels * levels)
        hiding = np.maximum(square - mean * mean, 0.0)
        if before is not None:
            hiding += self._means(np.square(levels - before)) / 2
        gain = np.maximum(np.sqrt(hiding) / _EVEN_LEVELS, 1.0) ** _MASKING_POWER
        for face in faces:
            gain[self._person(face, row)] *= _PERSON_GAIN
        return np.asarray(np.minimum(_EVEN_STEP[mean.astype(np.uint8)] * gain, STRONGEST), np.float32)

    def _means(self, levels: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.resize(levels, (self._columns, 1), interpolation=cv2.INTER_AREA)[0], np.float32)

    def _person(self, face: Box, row: int) -> slice:
        """Return the columns of a person in a row.

        People move, and they stay when the background is replaced.
        """
        cell_w, cell_h = self._cell_wh
        left, top, right, bottom = (float(side) for side in face)
        if (row + 1) * cell_h <= top:
            return slice(0, 0)
        reach = (right - left) * (_SHOULDERS if row * cell_h >= bottom else 0.5)
        middle = (left + right) / 2
        return slice(max(int((middle - reach) / cell_w), 0), max(int((middle + reach) / cell_w) + 1, 0))
