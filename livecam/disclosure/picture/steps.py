"""The mark's luma steps for pictures of one size, added and removed in place."""

from collections.abc import Sequence
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.disclosure.picture.layout import cell_positions, choose_layout, make_chips
from livecam.disclosure.picture.masking import Box, Masking

_ROWS_PER_PICTURE = 2
# Waves of -1..1 and strengths of up to 4 levels as whole numbers with a product within 16 bits.
_WAVE_UNIT, _STRENGTH_UNIT, _LEVEL_BITS = 128, 64, 13
_NO_STEP: Final[Any] = 0.0
"""OpenCV takes a number here, which its type stubs do not state."""
_LINES_AT_ONCE = 60
"""Lines that are raised and then lowered while they are still in the core's own memory."""


class Field:
    """The mark at strength 1 for one picture size and one message, row by row."""

    def __init__(self, size_wh: tuple[int, int], payload: MarkPayload) -> None:
        width, height = size_wh
        plan = choose_layout(height > width)
        columns, self.rows = plan.grid_wh
        across, down = cell_positions(width, columns), cell_positions(height, self.rows)
        row = np.minimum(down.astype(np.int32), self.rows - 1)
        self._column = np.minimum(across.astype(np.int32), columns - 1)
        waves = make_chips(plan, across, down) * plan.signs(payload)[row[:, None], self._column[None, :]]
        self._waves = np.rint(waves * _WAVE_UNIT).astype(np.int16)
        self._edges = np.searchsorted(row, np.arange(self.rows + 1)).tolist()
        self._dither = _dither(width, -(-height // self.rows) + 1)
        self.size_wh, self.masking = size_wh, Masking(size_wh, plan.grid_wh)

    def strip(self, row: int) -> slice:
        """Return the lines of a row of cells.

        None in a picture with fewer lines than rows.
        """
        return slice(self._edges[row], self._edges[row + 1])

    def steps(self, row: int, strengths: NDArray[np.float32]) -> NDArray[np.int16]:
        """Return the steps (h, w) int16 of a row in whole grey levels.

        Fractions of a level are dithered over the pixels.
        """
        strip = self.strip(row)
        steps = self._waves[strip] * np.rint(strengths * _STRENGTH_UNIT).astype(np.int16)[self._column]
        steps += self._dither[: strip.stop - strip.start]
        return np.asarray(np.right_shift(steps, _LEVEL_BITS, out=steps), np.int16)


class LumaSteps:
    """Where the mark raises a picture and where it lowers it.

    Both are stored pictures; two rows of cells are renewed with every frame. A change of sign costs nothing: what was
    added is subtracted.
    """

    def __init__(self, field: Field) -> None:
        width, height = field.size_wh
        self._field = field
        self._up = np.zeros((height, width, 3), np.uint8)
        self._down = np.zeros((height, width, 3), np.uint8)
        self._levels: list[NDArray[np.float32] | None] = [None] * field.rows
        self._next_row = -1

    def unfollowed(self) -> "LumaSteps":
        """Return steps of the same message that follow no picture yet."""
        return LumaSteps(self._field)

    def follow(self, pixels: Pixels, faces: Sequence[Box] = ()) -> None:
        """Update the strengths from a picture: all of them at first, some rows later."""
        rows = self._field.rows
        for row in range(rows) if self._next_row < 0 else range(self._next_row, self._next_row + _ROWS_PER_PICTURE):
            self._draw(row % rows, pixels, faces)
        self._next_row = (max(self._next_row, 0) + _ROWS_PER_PICTURE) % rows

    def _draw(self, row: int, pixels: Pixels, faces: Sequence[Box]) -> None:
        strip = self._field.strip(row)
        if strip.start == strip.stop:
            return
        masking = self._field.masking
        levels, before = masking.levels(pixels[strip]), self._levels[row]
        self._levels[row] = levels
        steps = self._field.steps(row, masking.strengths(levels, row, faces, before))
        # The bytes are the amounts.
        for target, part in ((self._up, cv2.max(steps, _NO_STEP)), (self._down, cv2.min(steps, _NO_STEP))):
            cv2.cvtColor(cv2.convertScaleAbs(part), cv2.COLOR_GRAY2BGR, dst=target[strip])

    def apply(self, pixels: Pixels, sign: int) -> None:
        """Add the mark with a sign, +1, 0 or -1, to (h, w, 3) uint8 pixels in place.

        The result is limited to 0..255.
        """
        if sign == 0:
            return
        raised, lowered = (self._up, self._down) if sign > 0 else (self._down, self._up)
        for top in range(0, len(pixels), _LINES_AT_ONCE):
            lines = np.s_[top : top + _LINES_AT_ONCE]
            cv2.add(pixels[lines], raised[lines], dst=pixels[lines])
            cv2.subtract(pixels[lines], lowered[lines], dst=pixels[lines])


def _dither(width: int, height: int) -> NDArray[np.int16]:
    """Return (height, width) int16 thresholds, even on every small patch.

    They are Jimenez's interleaved gradient noise.
    """
    slope = 0.06711056 * np.arange(width)[None, :] + 0.00583715 * np.arange(height)[:, None]
    return np.asarray(52.9829189 * (slope % 1.0) % 1.0 * (1 << _LEVEL_BITS), np.int16)
