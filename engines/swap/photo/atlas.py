"""The unrolled face.

Where its regions lie in the atlas every photo is brought into.

The atlas is symmetric: column x and column WIDTH - 1 - x are partners. Pixel centres lie on whole numbers.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo.smooth import dilate
from livecam.core.topology import (
    INNER_LIPS,
    LEFT_BROW,
    LEFT_EYE,
    LEFT_LOWER_LID,
    LEFT_UPPER_LID,
    OUTER_LIPS,
    OVAL,
    RIGHT_BROW,
    RIGHT_EYE,
    RIGHT_LOWER_LID,
    RIGHT_UPPER_LID,
    TRIANGLES,
    UV,
)

Floats = NDArray[np.float32]
Mask = NDArray[np.uint8]

WIDTH: Final = 448
HEIGHT: Final = 384
UNIT_PX: Final = 190.0
"""Atlas pixels per outer eye distance, mean of both axes."""
POINTS: Final[Floats] = (UV * (WIDTH, HEIGHT) - 0.5).astype(np.float32)
"""(468, 2) the mesh in the atlas."""


def _region(ring: NDArray[np.int32], grow_px: int = 0, hull: bool = False) -> Mask:
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    polygon = np.rint(POINTS[ring] * 16).astype(np.int32)
    outline = np.asarray(cv2.convexHull(polygon), np.int32) if hull else polygon
    cv2.fillPoly(mask, [outline], 255, shift=4)
    return dilate(mask, grow_px) if grow_px else mask


def _pair(right: NDArray[np.int32], left: NDArray[np.int32], grow_px: int) -> Mask:
    both = _region(right, grow_px, hull=True) | _region(left, grow_px, hull=True)
    return np.asarray(both | both[:, ::-1], np.uint8)


FACE: Final = _region(OVAL)
LIPS: Final = _region(OUTER_LIPS)
MOUTH: Final = _region(INNER_LIPS)
EYES: Final = _pair(RIGHT_EYE, LEFT_EYE, 0)
BROWS: Final = _pair(RIGHT_BROW, LEFT_BROW, 1)
BROW_BANDS: Final = _pair(RIGHT_BROW, LEFT_BROW, 6)
EYE_ZONES: Final = _pair(
    np.concatenate([RIGHT_UPPER_LID, RIGHT_LOWER_LID]), np.concatenate([LEFT_UPPER_LID, LEFT_LOWER_LID]), 4
)
SKIN: Final[Floats] = ((FACE > 0) & (BROW_BANDS == 0) & (EYE_ZONES == 0) & (dilate(LIPS, 4) == 0)).astype(np.float32)
"""1 on bare skin of an average face, 0 on brows, eyes, lips and outside."""
DEPTH: Final[Floats] = np.asarray(cv2.distanceTransform(FACE, cv2.DIST_L2, 5), np.float32) / np.float32(UNIT_PX)
"""Distance to the outline in outer eye distances."""


def _rows_from(point: int) -> Floats:
    """Return each row's distance below a mesh point (HEIGHT, 1), in eye distances."""
    rows = np.arange(HEIGHT, dtype=np.float32)[:, None]
    return np.asarray((rows - POINTS[point, 1]) / UNIT_PX, np.float32)


FROM_MOUTH: Final[Floats] = _rows_from(61)
"""(HEIGHT, 1) rows below the mouth corners, in outer eye distances."""
FROM_BROWS: Final[Floats] = _rows_from(105)
"""(HEIGHT, 1) rows below the brows, in outer eye distances."""
for _array in (POINTS, FACE, LIPS, MOUTH, EYES, BROWS, BROW_BANDS, EYE_ZONES, SKIN, DEPTH, FROM_MOUTH, FROM_BROWS):
    _array.flags.writeable = False


def spread_values(points: Floats, values: Floats) -> Floats:
    """Return three values per mesh point (468, 3) over the atlas.

    (HEIGHT, WIDTH, 3) float32, 0 outside the face.

    Args:
        points: (468, 2) where the mesh points lie in the atlas.
        values: (468, 3) what to spread; across a triangle it changes linearly.
    """
    half = np.array([WIDTH / 2, -HEIGHT / 2], np.float32)
    flat = (points + np.float32(0.5) - np.abs(half)) / half * (WIDTH / HEIGHT, 1.0)
    corners = np.column_stack([flat, np.full(len(flat), -1)]).astype(np.float32)
    colour = np.zeros((HEIGHT, WIDTH, 3), np.float32)
    depth = np.full((HEIGHT, WIDTH), 100, np.float32)
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    cv2.triangleRasterize(
        corners, TRIANGLES, np.ascontiguousarray(values, np.float32), colour, depth,
        np.eye(4, dtype=np.float32), np.pi / 2, 0.1, 100.0, settings,
    )  # fmt: skip
    return colour
