"""Move irises and brows of a face, and say what such a move is worth in numbers.

Each person's own irises and brows say it, so that two people need no pictures alike.
"""

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from trainer.looks import BROWS, GAZE, measure_looks, spots_of

Floats = NDArray[np.float32]
Moves = tuple[float, float, float]
"""Irises across and down, brows down, in sizes of the eye and of a brow's place."""
_UNITS: Final[tuple[tuple[tuple[int, ...], Moves], ...]] = (
    (GAZE[0::2], (0.1, 0.0, 0.0)),
    (GAZE[1::2], (0.0, 0.1, 0.0)),
    (BROWS, (0.0, 0.0, 0.1)),
)
"""Which of the looks are worth one by which move."""
_LEAST: Final = 1e-3


def move_parts(face: Floats, moves: Moves) -> Floats:
    """Return a face (3, n, n) with its irises and brows moved; the rest stays."""
    columns, rows = _moved_places(face.shape[-1], moves)
    return np.array([cv2.remap(np.ascontiguousarray(plane), columns, rows, cv2.INTER_LINEAR) for plane in face])


@cache
def _moved_places(side_px: int, moves: Moves) -> tuple[Floats, Floats]:
    """Return where each texel's colour comes from: columns and rows (n, n).

    What is around a part is squeezed on one side and stretched on the other.
    """
    rows, columns = np.indices((side_px, side_px), np.float32)
    across, down, brows = moves
    for spot, (right, below) in zip(spots_of(side_px), [(across, down)] * 2 + [(0.0, brows)] * 2, strict=True):
        x, y = spot.place(side_px)
        weight = np.clip(1 - x**2, 0, 1) * np.clip(1 - y**2, 0, 1)
        columns -= np.asarray(weight * (right * 2 * spot.half[0]), np.float32)
        rows -= np.asarray(weight * (below * 2 * spot.half[1]), np.float32)
    return columns, rows


def measure_units(calm: Floats, spread: Floats) -> Floats:
    """Return the size (COUNT,) of each of the looks.

    Of gaze and brows it is what moved irises and brows of the calm face (3, n, n) give; `spread` is that of the rest.
    """
    units = spread.copy()
    for looks, moves in _UNITS:
        across, down, brows = moves
        there, back = (measure_looks(move_parts(calm, one) - calm) for one in (moves, (-across, -down, -brows)))
        chosen = list(looks)
        units[chosen] = np.maximum(np.abs(there - back)[chosen] / 2, _LEAST)
    return units
