"""The 468 points on the head: interpolate on the mesh, convert to pixels."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from training.synthetic.raster import PinholeCamera

Floats = NDArray[np.float32]

with np.load(Path(__file__).parent / "ict_points.npz") as _arrays:
    VERTICES: NDArray[np.int32] = _arrays["vertices"]
    WEIGHTS: Floats = _arrays["weights"]


def place_on_head(values: Floats) -> Floats:
    """Return values of the vertices (v, c) at the 468 points (468, c)."""
    return np.asarray(np.einsum("pk,pkc->pc", WEIGHTS, values[VERTICES]), np.float32)


def to_pixels(posed: Floats, camera: PinholeCamera) -> Floats:
    """Return points (468, 3) of a head in camera coordinates.

    x, y are in pixels; z is on that scale, nearer is smaller, mean 0.
    """
    points = place_on_head(posed)
    projected = camera.project(points)
    depth = projected[:, 2]
    projected[:, 2] = (depth - depth.mean()) * camera.focal_px / depth.mean()
    return projected
