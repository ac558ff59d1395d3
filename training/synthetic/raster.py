"""Rasterise triangles: which one is visible in each pixel, and where.

OpenCV's rasteriser interpolates barycentric coordinates.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
NEAR, FAR = 1.0, 1000.0


@dataclass(frozen=True, slots=True)
class PinholeCamera:
    """A pinhole camera along -z with y up, principal point in the middle."""

    width: int
    height: int
    focal_px: float

    def project(self, points: Floats) -> Floats:
        """Project camera coordinates (n, 3) to pixels and depth (n, 3).

        Pixel centres are whole numbers.
        """
        depth = -points[:, 2]
        x = points[:, 0] / depth * self.focal_px + (self.width - 1) / 2
        y = -points[:, 1] / depth * self.focal_px + (self.height - 1) / 2
        return np.stack([x, y, depth], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True)
class RasterResult:
    """The covered pixels.

    Place (n,) in the flat picture, triangle (n,), weights of its corners (n, 3), depth (n,).
    """

    pixel: Ints
    triangle: Ints
    weights: Floats
    depth: Floats

    def blend(self, corner_values: Floats) -> Floats:
        """Interpolate values at the triangles' corners (f, 3, c) at the pixels (n, c)."""
        return np.einsum("nk,nkc->nc", self.weights, corner_values[self.triangle], optimize=False)


def rasterize(corners: Floats, camera: PinholeCamera, both_sides: bool = False) -> RasterResult:
    """Draw triangles (f, 3, 3) in camera coordinates.

    Anticlockwise ones face the camera.
    """
    count = len(corners)
    settings = cv2.TriangleRasterizeSettings()
    settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
    settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE if both_sides else cv2.RASTERIZE_CULLING_CW)
    labels = np.zeros((count, 3, 3), np.float32)
    labels[:, :, 0] = np.arange(count)[:, None]
    labels[:, 0, 1] = labels[:, 1, 2] = 1.0
    colour = np.full((camera.height, camera.width, 3), -1, np.float32)
    depth = np.full((camera.height, camera.width), FAR, np.float32)
    cv2.triangleRasterize(
        np.ascontiguousarray(corners.reshape(-1, 3)),
        np.arange(3 * count, dtype=np.int32).reshape(-1, 3),
        labels.reshape(-1, 3),
        colour,
        depth,
        np.eye(4, dtype=np.float32),
        2 * np.arctan(camera.height / 2 / camera.focal_px),
        NEAR,
        FAR,
        settings,
    )
    pixel = np.flatnonzero(colour[..., 0].ravel() >= 0).astype(np.int32)
    found = colour.reshape(-1, 3)[pixel]
    weights = np.clip(np.stack([found[:, 1], found[:, 2], 1 - found[:, 1] - found[:, 2]], axis=1), 0, 1)
    return RasterResult(pixel, np.round(found[:, 0]).astype(np.int32), weights, depth.ravel()[pixel])
