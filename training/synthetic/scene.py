"""Draw several surfaces into one picture with a depth buffer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.synthetic.raster import PinholeCamera, RasterResult, rasterize

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Layer:
    """Triangles (f, 3, 3) in camera coordinates, and their shader.

    The shader returns linear BGR (n, 3) of the visible pixels.
    """

    corners: Floats
    shade: Callable[[RasterResult], Floats]
    both_sides: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """Covered pixels (n,) of the flat picture.

    They have linear BGR (n, 3), layer (n,) and depth (n,).
    """

    pixel: NDArray[np.int32]
    light: Floats
    layer: NDArray[np.int32]
    depth: Floats


def draw(layers: Sequence[Layer], camera: PinholeCamera) -> Drawing:
    """Draw all layers with one depth buffer."""
    nearest = np.full(camera.width * camera.height, np.inf, np.float32)
    owner = np.full(len(nearest), -1, np.int32)
    views = []
    for number, layer in enumerate(layers):
        seen = rasterize(layer.corners, camera, layer.both_sides)
        wins = seen.depth < nearest[seen.pixel]
        nearest[seen.pixel[wins]] = seen.depth[wins]
        owner[seen.pixel[wins]] = number
        views.append(seen)
    light = np.zeros((len(nearest), 3), np.float32)
    for number, (layer, seen) in enumerate(zip(layers, views, strict=True)):
        mine = owner[seen.pixel] == number
        seen = RasterResult(seen.pixel[mine], seen.triangle[mine], seen.weights[mine], seen.depth[mine])
        if len(seen.pixel):
            light[seen.pixel] = layer.shade(seen)
    covered = np.flatnonzero(owner >= 0).astype(np.int32)
    return Drawing(covered, light[covered], owner[covered], nearest[covered])
