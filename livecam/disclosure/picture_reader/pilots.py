"""Find the pilots by correlation at a low resolution.

It covers every size and shift the marked picture may have.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.disclosure.picture.layout import PILOT
from livecam.disclosure.picture_reader.carrier_detection import Wave
from livecam.disclosure.picture_reader.place import CELL_PX, CellReader, Place

SMALLEST, LARGEST = 0.66, 1.4
_SCALE_STEP: Final = 1.02
_ASPECTS = (16 / 9, 4 / 3)
# A cut may take this much of the marked picture, and no more is looked for.
_LEAST_SHARE: Final = 0.5
# Four pixels a cell still show its wave.
_LONG_PX: Final = 144
# Sides on which OpenCV's Fourier transform is quick.
_QUICK_PX: Final = (32, 48, 64, 96, 128, 192, 256)

Halves = NDArray[np.float32]
"""(h, w, 2) real and imaginary part, as OpenCV takes complex pictures."""


class PilotSearch:
    """The pilots of a layout in pictures of one size."""

    def __init__(self, reader: CellReader, size_wh: tuple[int, int]) -> None:
        self._reader, self._size_wh = reader, size_wh
        self._scale = _LONG_PX / max(size_wh)
        self._small_wh = round(size_wh[0] * self._scale), round(size_wh[1] * self._scale)
        # Half of the marked picture may lie outside: that much room keeps its edges from meeting.
        self._raster_wh = tuple(next(px for px in _QUICK_PX if px >= side + side // 2) for side in self._small_wh)

    def peaks(self, wave: Wave) -> Iterator[tuple[float, Place]]:
        """Yield the strongest response at each size, mirrored or not, and its place.

        Args:
            wave: (h, w) complex64, the swings of the whole window.
        """
        halves = np.stack([wave.real, wave.imag], axis=2)
        small = cv2.resize(halves, self._small_wh, interpolation=cv2.INTER_AREA).astype(np.float32)
        answer = np.empty((self._raster_wh[1], self._raster_wh[0], 2), np.float32)
        for mirrored in (False, True):
            seen = _spectrum(small[:, ::-1] if mirrored else small, self._raster_wh)
            for template in self._templates:
                rows, columns = template.allowed.shape
                np.multiply(seen, template.spectrum, out=answer.view(np.complex64)[..., 0])
                cv2.dft(answer, dst=answer, flags=cv2.DFT_INVERSE, nonzeroRows=rows)
                squares = np.square(answer[:rows, :columns])
                _, most, _, (left, top) = cv2.minMaxLoc(squares[..., 0] + squares[..., 1], template.allowed)
                yield most, self._place(left + template.first_xy[0], top + template.first_xy[1], template, mirrored)

    def _place(self, left: int, top: int, template: "_Template", mirrored: bool) -> Place:
        at_x, at_y, width, height = (side / self._scale for side in (left, top, *template.size_wh))
        return Place(self._size_wh[0] - at_x - width if mirrored else at_x, at_y, width, height, mirrored)

    @cached_property
    def _templates(self) -> list["_Template"]:
        bits = self._reader.plan.bit.repeat(CELL_PX, 0).repeat(CELL_PX, 1)
        pilots = (self._reader.signed * (bits == PILOT)).astype(np.float32)
        return [made for size_wh in self._sizes() if (made := self._template(pilots, size_wh)) is not None]

    def _template(self, pilots: NDArray[np.float32], size_wh: tuple[int, int]) -> "_Template | None":
        """Return the pilots at a size.

        None when too little of the picture is within, whatever the shift.
        """
        across, down = (_shares(side, seen) for side, seen in zip(size_wh, self._small_wh, strict=True))
        allowed = down[:, None] * across[None, :] >= _LEAST_SHARE
        if not allowed.any():
            return None
        left, top = int(np.argmax(allowed.any(0))), int(np.argmax(allowed.any(1)))
        inside = allowed[top : len(down) - top, left : len(across) - left]
        first_xy = left - size_wh[0], top - size_wh[1]
        small = cv2.resize(pilots, size_wh, interpolation=cv2.INTER_AREA)
        raster = np.zeros((self._raster_wh[1], self._raster_wh[0], 2), np.float32)
        # Laid so that the first shift allowed answers in the corner; what goes beyond an edge comes in opposite.
        rows, columns = (np.arange(side) + first for side, first in zip(size_wh[::-1], first_xy[::-1], strict=True))
        np.add.at(
            raster[..., 0],
            (rows[:, None] % self._raster_wh[1], columns[None, :] % self._raster_wh[0]),
            small / np.linalg.norm(small),
        )
        spectrum = _spectrum(raster, self._raster_wh).conj()
        return _Template(size_wh, spectrum, first_xy, np.ascontiguousarray(inside, np.uint8))

    def _sizes(self) -> Iterator[tuple[int, int]]:
        """Yield sizes the marked picture may have.

        They have its own shape, or another usual one with bars or cut sides.
        """
        width, height = self._small_wh
        shapes = [width / height, *(a for a in _ASPECTS if width >= height and abs(a - width / height) > 0.02)]
        for shape in shapes:
            scale = SMALLEST
            while scale <= LARGEST:
                yield round(width * scale), round(width * scale / shape)
                scale *= _SCALE_STEP


@dataclass(frozen=True, slots=True, eq=False)
class _Template:
    """The pilots at a size.

    Attributes:
        size_wh: Size of the whole marked picture.
        spectrum: Conjugate spectrum of the pilots, at unit energy, laid so that shift `first_xy` answers at 0, 0.
        first_xy: The smallest shifts allowed.
        allowed: (h, w) uint8, 1 for shifts that leave enough of the marked picture within.
    """

    size_wh: tuple[int, int]
    spectrum: NDArray[np.complex64]
    first_xy: tuple[int, int]
    allowed: NDArray[np.uint8]


def _spectrum(halves: Halves, raster_wh: tuple[int, ...]) -> NDArray[np.complex64]:
    padded = np.zeros((raster_wh[1], raster_wh[0], 2), np.float32)
    padded[: halves.shape[0], : halves.shape[1]] = halves
    return np.ascontiguousarray(cv2.dft(padded)).view(np.complex64)[..., 0]


def _shares(side: int, seen: int) -> NDArray[np.float32]:
    """Return the visible share of a side at each shift from -side to seen, 0..1."""
    shift = np.arange(-side, seen + 1)
    within = np.minimum(shift + side, seen) - np.maximum(shift, 0)
    return np.asarray(np.maximum(within, 0) / side, np.float32)
