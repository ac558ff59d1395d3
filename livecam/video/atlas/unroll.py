"""Read a picture into the atlas by its mesh, with the trust of each texel."""

from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.video.atlas.layout import LAYOUT
from livecam.video.render.sampling import look_up

Floats = NDArray[np.float32]
SIDE_PX: Final = 160
_LARGEST: Final = 1.6
"""A face this many times as high as the atlas is halved before it is read."""
_SQUEEZED: Final = (0.06, 0.15)
"""Area of a triangle in the picture over its area in the atlas; less is hidden.

It is divided by the scale of the face.
"""
_TURNED: Final = (0.1, 0.25)


class Atlas:
    """Fixed tables of one size of atlas.

    Attributes:
        size_px: Its side.
        points: (468, 2) the mesh in its pixels.
        face: (n, n) bool inside the face; outside it the nearest texel of the face is repeated.
        openings: (n, n) int 0 skin, 1 inner mouth, 2 right eye, 3 left eye.
    """

    def __init__(self, size_px: int = SIDE_PX) -> None:
        self.size_px = size_px
        self.points = np.asarray(LAYOUT * size_px - 0.5, np.float32)
        triangle, shares = _rasterise(self.points, size_px)
        self.face = triangle >= 0
        near = _nearest(self.face)
        self.triangle = triangle[near]
        corners, weights = topology.TRIANGLES[self.triangle], shares[near]
        self._corners = [(corners[..., k].ravel().astype(np.intp), weights[..., k].ravel()) for k in range(3)]
        self.openings = np.where(self.face, _opening_of(self.triangle), 0)
        self._areas = _areas(self.points)

    def spread(self, values: Floats) -> Floats:
        """Return values (468, k) of the mesh points over the atlas: (n, n, k)."""
        found = np.empty((self.size_px**2, values.shape[1]), np.float32)
        # Column by column: reading single numbers is five times as fast as reading rows of two or three.
        for column, one in enumerate(np.ascontiguousarray(values.T, np.float32)):
            (a, of_a), (b, of_b), (c, of_c) = self._corners
            spread = one.take(a) * of_a
            spread += one.take(b) * of_b
            spread += one.take(c) * of_c
            found[:, column] = spread
        return found.reshape(self.size_px, self.size_px, -1)

    def read(self, picture: Pixels, points: Points) -> Floats:
        """Return colours (n, n, 3) of a picture (h, w, 3) with its mesh (468, 2 or 3)."""
        pixels, places = _halve(picture, points, self.size_px)
        return look_up(pixels, self.spread(places)).astype(np.float32)

    def measure_trust(self, points: Points, facing: Floats) -> Floats:
        """Return how well each texel is seen (n, n), 0..1.

        Squeezed triangles, and those turned away, count 0.

        Args:
            points: (468, 2 or 3) the mesh in the picture.
            facing: (468,) how squarely the surface faces the camera, 1 frontal.
        """
        scale = float(np.ptp(points[:, 1]) / max(np.ptp(self.points[:, 1]), 1e-6)) ** 2
        squeezed = _areas(points[:, :2]) / np.maximum(self._areas * max(scale, 1e-9), 1e-6)
        turned = facing[topology.TRIANGLES].min(1)
        trust = _ramp(squeezed, *_SQUEEZED) * _ramp(turned, *_TURNED)
        return np.asarray(np.where(self.face, trust[self.triangle], 0), np.float32)


@cache
def atlas_of(size_px: int = SIDE_PX) -> Atlas:
    """Return the tables of a size, made once."""
    return Atlas(size_px)


def _ramp(x: Floats, low: float, high: float) -> Floats:
    return np.asarray(np.clip((x - low) / (high - low), 0, 1), np.float32)


def _areas(points: Floats) -> Floats:
    """Return the area (triangles,) of each triangle, without sign."""
    corners = points[topology.TRIANGLES]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray(np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2, np.float32)


def _rasterise(points: Floats, size_px: int) -> tuple[NDArray[np.int32], Floats]:
    """Return each texel's triangle (n, n), -1 outside, and corner weights (n, n, 3)."""
    ids = np.full((size_px, size_px), -1, np.int32)
    shares = np.zeros((size_px, size_px, 3), np.float32)
    for number, (a, b, c) in enumerate(points[topology.TRIANGLES].astype(np.float64)):
        low = np.maximum(np.floor(np.min([a, b, c], 0)).astype(int), 0)
        high = np.minimum(np.ceil(np.max([a, b, c], 0)).astype(int) + 1, size_px)
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if abs(area) < 1e-9 or (high <= low).any():
            continue
        y, x = np.mgrid[low[1] : high[1], low[0] : high[0]].astype(np.float64)
        v = ((x - a[0]) * (c[1] - a[1]) - (y - a[1]) * (c[0] - a[0])) / area
        u = ((b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])) / area
        inside = np.minimum(np.minimum(u, v), 1 - u - v) > -1e-4
        part = np.s_[low[1] : high[1], low[0] : high[0]]
        ids[part][inside] = number
        shares[part][inside] = np.stack([1 - u - v, v, u], -1)[inside]
    return ids, shares


def _nearest(face: NDArray[np.bool_]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return row and column of the nearest texel that is set, for every texel."""
    _, labels = cv2.distanceTransformWithLabels(
        (~face).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    labels = np.asarray(labels)
    where = np.argwhere(face)
    of_label = np.zeros(int(np.max(labels)) + 1, np.intp)
    of_label[labels[face]] = np.arange(len(where))
    rows, columns = where[of_label[labels]].transpose(2, 0, 1)
    return rows, columns


def _opening_of(triangle: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the number of the opening each triangle is in, 0 for skin."""
    rings = (topology.INNER_LIPS, topology.RIGHT_EYE, topology.LEFT_EYE)
    numbers = np.zeros(len(topology.TRIANGLES), np.int32)
    for number, ring in enumerate(rings, 1):
        inside = np.isin(topology.TRIANGLES, ring).all(1)
        inside[: len(topology.SKIN_TRIANGLES)] = False
        numbers[inside] = number
    return numbers[triangle]


def _halve(picture: Pixels, points: Points, size_px: int) -> tuple[Pixels, Floats]:
    """Return a picture and its points (468, 2), halved to about the atlas's scale."""
    places = points[:, :2].astype(np.float32)
    low, high = places.min(0), places.max(0)
    if high[1] - low[1] <= _LARGEST * size_px:
        return picture, places
    margin = (high - low) * 0.1 + 4
    left, top = (int(v) for v in np.clip(np.floor(low - margin), 0, np.array(picture.shape[1::-1]) - 2))
    right, bottom = (int(v) for v in np.clip(np.ceil(high + margin), [left + 2, top + 2], picture.shape[1::-1]))
    pixels, places = picture[top:bottom, left:right], places - np.array([left, top], np.float32)
    while np.ptp(places[:, 1]) > _LARGEST * size_px and min(pixels.shape[:2]) >= 4:
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        pixels = np.asarray(
            cv2.resize(pixels[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA), np.uint8
        )
        places = places * np.float32(0.5) - np.float32(0.25)
    return pixels, places
