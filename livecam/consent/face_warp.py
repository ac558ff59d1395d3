"""Warp a portrait's face from one set of mesh points to another.

The surroundings follow, and the warp fades to zero.
"""

from functools import cache
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import POINT_COUNT, Points
from livecam.core.topology import OVAL, TRIANGLES

Floats = NDArray[np.float32]
_RINGS: Final = ((1.9, 0.25), (6.0, 0.0))
"""Size of each ring relative to the face's outline, and its share of movement."""


def _belts() -> NDArray[np.int32]:
    """Return triangles between the outline and the rings around it.

    Ring points are numbered after the mesh.
    """
    count = len(OVAL)
    loops = [
        list(OVAL),
        *(list(range(POINT_COUNT + k * count, POINT_COUNT + (k + 1) * count)) for k in range(len(_RINGS))),
    ]
    belts = []
    for inner, outer in pairwise(loops):
        for i in range(count):
            j = (i + 1) % count
            belts += [(inner[i], inner[j], outer[i]), (inner[j], outer[j], outer[i])]
    return np.array(belts, np.int32)


_ALL_TRIANGLES: Final = np.concatenate([TRIANGLES, _belts()]).astype(np.int32)


def spread(places: Points, values: Floats, triangles: NDArray[np.int32], size_px: int) -> Floats:
    """Interpolate values (n, 3) at places (n, 2) linearly over triangles.

    Returns:
        (size_px, size_px, 3).
    """
    half = size_px / 2
    corners = np.empty((len(places), 3), np.float32)
    corners[:, 0] = (places[:, 0] + 0.5 - half) / half
    corners[:, 1] = -(places[:, 1] + 0.5 - half) / half
    corners[:, 2] = -1
    colour = np.zeros((size_px, size_px, 3), np.float32)
    depth = np.full((size_px, size_px), 100, np.float32)
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)
    cv2.triangleRasterize(
        corners, triangles, np.ascontiguousarray(values, np.float32), colour, depth,
        np.eye(4, dtype=np.float32), np.pi / 2, 0.1, 100.0, settings,
    )  # fmt: skip
    return colour


@cache
def _grid(size_px: int) -> tuple[Floats, Floats]:
    rows, columns = np.mgrid[:size_px, :size_px].astype(np.float32)
    return columns, rows


def compute_offsets(source: Points, target: Points, size_px: int) -> Floats:
    """Return offsets (size_px, size_px, 2) from each new pixel to its source.

    Args:
        source: Mesh points (468, 2 or 3) in the old picture.
        target: The same in the new one.
        size_px: Side of both.
    """
    offset = (source - target)[:, :2]
    outline = target[OVAL, :2]
    centre = outline.mean(0)
    rings = [centre + (outline - centre) * size for size, _ in _RINGS]
    following = [offset[OVAL] * share for _, share in _RINGS]
    places = np.concatenate([target[:, :2], *rings]).astype(np.float32)
    values = np.zeros((len(places), 3), np.float32)
    values[:, :2] = np.concatenate([offset, *following])
    return spread(places, values, _ALL_TRIANGLES, size_px)[..., :2]


def warp(picture: Floats, offset: Floats, corner_xy: tuple[int, int] = (0, 0)) -> Floats:
    """Sample a picture (n, n) or (n, n, c) float32 at each pixel's offset.

    Args:
        picture: Where to sample.
        offset: (m, m, 2) for the square of the new picture with its upper left pixel at `corner_xy`.
        corner_xy: Column and row.
    """
    columns, rows = _grid(len(offset))
    x, y = columns + (offset[..., 0] + corner_xy[0]), rows + (offset[..., 1] + corner_xy[1])
    bent = cv2.remap(picture, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(bent, np.float32)
