"""Interpolate values at mesh points over a square picture.

Near triangles hide far ones.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_DISTANCE: Final = 1000.0
"""Distance of the pinhole in half pictures, so far that interpolation is linear.

The error is below 0.002 pixels.
"""
_NEAR, _FAR = _DISTANCE - 1, _DISTANCE + 100
"""Clipping planes close to the face.

Depth is stored as 1/z; with distant planes near and far triangles would mix.
"""


class MeshRaster:
    """Rasteriser of one mesh into one square size, over buffers of its own.

    Args:
        size_px: Side of the picture.
        triangles: (m, 3) point numbers, either winding.
        point_count: Points of the mesh.
    """

    def __init__(self, size_px: int, triangles: NDArray[np.int32], point_count: int) -> None:
        self.size_px = size_px
        self._triangles = np.ascontiguousarray(triangles[None], np.int32)
        self._vertices = np.zeros((1, point_count, 3), np.float32)
        self._values = np.zeros((1, point_count, 3), np.float32)
        self._picture = np.zeros((size_px, size_px, 3), np.float32)
        self._depth = np.zeros((size_px, size_px), np.float32)
        self._camera = np.eye(4, dtype=np.float32)
        self._settings = cv2.TriangleRasterizeSettings()
        self._settings.setShadingType(cv2.RASTERIZE_SHADING_SHADED)
        self._settings.setCullingMode(cv2.RASTERIZE_CULLING_NONE)

    def draw(self, points: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Fill a picture with interpolated values, 0 where there is no mesh.

        Args:
            points: (n, 3) in pixels of this picture (centres are whole numbers), smaller z in front.
            values: (n, 3) what to interpolate.

        Returns:
            (size_px, size_px, 3) float32, valid until the next call.
        """
        half = self.size_px / 2
        depth = _DISTANCE + (points[:, 2] - np.min(points[:, 2])) / half
        vertices = self._vertices[0]
        np.multiply((points[:, 0] + (0.5 - half)) / half, depth, out=vertices[:, 0])
        np.multiply((points[:, 1] + (0.5 - half)) / -half, depth, out=vertices[:, 1])
        np.negative(depth, out=vertices[:, 2])
        self._values[0] = values
        self._picture.fill(0)
        self._depth.fill(_FAR)
        cv2.triangleRasterize(
            self._vertices, self._triangles, self._values, self._picture, self._depth,
            self._camera, np.pi / 2, _NEAR, _FAR, self._settings,
        )  # fmt: skip
        return self._picture

    @property
    def coverage(self) -> NDArray[np.float32]:
        """Return (size_px, size_px) 1 where the last `draw` drew something, else 0."""
        return (self._depth < _FAR).astype(np.float32)
