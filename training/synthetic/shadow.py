"""Compute how much of the sky and of a lamp each vertex of the head sees."""

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from training.synthetic.raster import FAR, PinholeCamera, rasterize

Floats = NDArray[np.float32]
MAP_PX, FAR_CM, SPAN_CM = 320, 600.0, 46.0
SKY_DIRECTIONS = 64
BIAS_CM = 0.25


def looking_from(direction: Floats) -> Floats:
    """Return the rotation (3, 3) that looks along `direction` (3,).

    A camera along its -z sees what light from there reaches.
    """
    z = direction / np.linalg.norm(direction)
    helper = np.array([0, 1, 0] if abs(z[1]) < 0.9 else [1, 0, 0], np.float32)
    x = np.cross(helper, z)
    x /= np.linalg.norm(x)
    return np.asarray(np.stack([x, np.cross(z, x), z]), np.float32)


def find_reached(
    vertices: Floats, faces: NDArray[np.int32], direction: Floats, blur_px: int = 1, span_cm: float = SPAN_CM
) -> Floats:
    """Return the share 0..1 of each vertex (v,) that light from `direction` reaches.

    `direction` is (3,). A vertex's own triangles are ignored. `span_cm` is the width of the region that can cast
    shadows, around the vertices' mean.
    """
    middle = vertices.mean(0)
    turned = (vertices - middle) @ looking_from(direction).T - np.array([0, 0, FAR_CM], np.float32)
    camera = PinholeCamera(MAP_PX, MAP_PX, MAP_PX * FAR_CM / span_cm)
    seen = rasterize(turned[faces], camera)
    depth = np.full(MAP_PX * MAP_PX, FAR, np.float32)
    depth[seen.pixel] = seen.depth
    depth = depth.reshape(MAP_PX, MAP_PX)
    x, y, own = camera.project(turned).T
    column, row = np.round(x).astype(int), np.round(y).astype(int)
    limit = partial(np.clip, a_min=0, a_max=MAP_PX - 1)
    steps = range(-blur_px, blur_px + 1)
    lit = [own < depth[limit(row + dy), limit(column + dx)] + BIAS_CM for dy in steps for dx in steps]
    return np.mean(lit, axis=0, dtype=np.float32)


def sky_share(vertices: Floats, faces: NDArray[np.int32], normals_of: Callable[[Floats], Floats]) -> Floats:
    """Return the cosine-weighted share (v,) of the open sky of each vertex, 0..1.

    Folds and the region under the chin are dark.
    """
    normals = normals_of(vertices)
    golden = np.pi * (3 - np.sqrt(5))
    k = np.arange(SKY_DIRECTIONS)
    up = 1 - 2 * (k + 0.5) / SKY_DIRECTIONS
    around = np.sqrt(1 - up**2)
    sky = np.stack([around * np.cos(golden * k), up, around * np.sin(golden * k)], axis=1).astype(np.float32)
    seen, total = np.zeros(len(vertices), np.float32), np.zeros(len(vertices), np.float32)
    for direction in sky:
        weight = np.clip(normals @ direction, 0, None)
        seen += weight * find_reached(vertices, faces, direction)
        total += weight
    return np.asarray(seen / np.maximum(total, 1e-6), np.float32)
