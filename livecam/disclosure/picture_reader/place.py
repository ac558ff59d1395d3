"""Where the marked picture is in the pictures read.

It may be scaled, shifted, cut or mirrored.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.disclosure.picture.layout import Layout, cell_positions, make_chips
from livecam.disclosure.picture_reader.carrier_detection import Waves

CELL_PX: Final = 8


@dataclass(frozen=True, slots=True)
class Place:
    """A rectangle in work pixels, which may reach beyond the edges.

    It is where the whole marked picture was.

    Attributes:
        left: Its left edge.
        top: Its upper edge.
        width: Its width.
        height: Its height.
        mirrored: Whether left and right are exchanged.
    """

    left: float
    top: float
    width: float
    height: float
    mirrored: bool = False

    def exchange(self, left: float, top: float, width: float, height: float) -> "Place":
        """Return the rectangle with some sides replaced."""
        return replace(self, left=left, top=top, width=width, height=height)

    def share_within(self, width: float, height: float) -> float:
        """Return how much of the marked picture is within a picture of this size, 0..1."""
        across = min(self.left + self.width, width) - max(self.left, 0.0)
        down = min(self.top + self.height, height) - max(self.top, 0.0)
        return max(across, 0.0) * max(down, 0.0) / (self.width * self.height)

    def matrix(self, columns: int, rows: int) -> NDArray[np.float64]:
        """Return the matrix (2, 3) from a raster over the marked picture to work pixels."""
        across, down = self.width / columns, self.height / rows
        left = self.left + self.width if self.mirrored else self.left
        across = -across if self.mirrored else across
        # Pixel centres lie on whole numbers for OpenCV, half a pixel from the edges that a place is made of.
        return np.array([[across, 0, left + across / 2 - 0.5], [0, down, self.top + down / 2 - 0.5]])


class CellReader:
    """Reads the cells of a layout out of complex maps."""

    def __init__(self, plan: Layout) -> None:
        self.plan = plan
        columns, rows = plan.grid_wh
        self._size_wh = columns * CELL_PX, rows * CELL_PX
        across, down = cell_positions(self._size_wh[0], columns), cell_positions(self._size_wh[1], rows)
        waves = make_chips(plan, across, down)
        signs = plan.sign.repeat(CELL_PX, 0).repeat(CELL_PX, 1)
        self.signed = waves * signs
        self._unit = float(np.sqrt((waves**2).sum() / (columns * rows)))

    def cells(self, maps: Waves, place: Place) -> Waves:
        """Return every cell's oscillation along its own sign.

        Args:
            maps: (..., h, w) complex64.
            place: Where the marked picture is in them.

        Returns:
            (..., rows, columns) complex64; 0 outside the maps.
        """
        columns, rows = self.plan.grid_wh
        raster = np.stack([self._raster(part, place) for part in maps.reshape(-1, *maps.shape[-2:])]) * self.signed
        summed = raster.reshape(-1, rows, CELL_PX, columns, CELL_PX).sum((2, 4)) / self._unit
        return np.asarray(summed.reshape(*maps.shape[:-2], rows, columns), np.complex64)

    def _raster(self, part: NDArray[np.complex64], place: Place) -> NDArray[np.complex64]:
        matrix = place.matrix(*self._size_wh)
        real, imaginary = (
            cv2.warpAffine(
                np.ascontiguousarray(half), matrix, self._size_wh, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            )
            for half in (part.real, part.imag)
        )
        return np.asarray(real + 1j * imaginary, np.complex64)
