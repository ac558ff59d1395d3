"""The upright square round a head that the segmentation network looks at."""

from typing import Final

import numpy as np

from engines.face.crop import Matrix, Points, Square, matrix_to_crop, measure_roll

INPUT_PX: Final = 128
OUTPUT_PX: Final = 64
SQUARE_HEIGHTS: Final = 2.7
"""Side of the square in face heights, from the forehead's top to the chin."""
FOREHEAD, CHIN = 10, 152


def measure_height(points: Points) -> float:
    """Return the face's height in pixels, forehead to chin, of mesh points (468, k)."""
    return float(np.linalg.norm(points[FOREHEAD] - points[CHIN]))


def fit_head_square(points: Points, oval: Points, heights: float = SQUARE_HEIGHTS) -> Square:
    """Return the square of `heights` face heights about the oval's middle.

    Args:
        points: (468, 2 or 3) mesh in frame pixels.
        oval: (n, 2 or 3) its outline.
        heights: Side of the square.
    """
    x, y = oval[:, :2].mean(0).tolist()
    return Square((x, y), heights * measure_height(points), measure_roll(points))


def matrix_to_square(square: Square, size_px: int = INPUT_PX) -> Matrix:
    """Return the matrix (2, 3) from frame pixels to the network's."""
    return matrix_to_crop(square, size_px)
