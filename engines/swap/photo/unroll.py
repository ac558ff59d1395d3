"""Unroll a photo into the atlas, and say which part of it the camera saw."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.swap.photo import atlas
from engines.swap.photo.smooth import smooth_step
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.topology import CANONICAL, TRIANGLES

Floats = NDArray[np.float32]
GRAZING, FACING, SQUARE = 0.12, 0.45, 0.62
_FRAME_BORDER_PX = 2


@dataclass(frozen=True, slots=True, eq=False)
class Unrolled:
    """A photo in the atlas.

    Colours (h, w, 3) BGR 0..255, seen and squarely seen (h, w) 0..1.
    """

    colours: Floats
    seen: Floats
    square: Floats


def _corner_normals(points: Points) -> Points:
    a = points[TRIANGLES[:, 0]]
    normal = np.cross(points[TRIANGLES[:, 1]] - a, points[TRIANGLES[:, 2]] - a)
    columns = [sum(np.bincount(TRIANGLES[:, k], normal[:, c], len(points)) for k in range(3)) for c in range(3)]
    total = np.stack(columns, axis=1)
    return np.asarray(total / (np.linalg.norm(total, axis=1, keepdims=True) + 1e-9), np.float32)


_OUTWARDS = float(-np.sign(_corner_normals(CANONICAL)[4, 2]))


def measure_facing(points: Points) -> Floats:
    """Return how squarely the surface at each point (468,) faces the camera.

    1 frontal, 0 edge-on, negative turned away.
    """
    return np.asarray(-_OUTWARDS * _corner_normals(points)[:, 2], np.float32)


def place_in_photo(points_xy: Points, shape: Points) -> Points:
    """Return points (468, 2) in the photo with depth, by the shape (468, 3).

    The shape is seen from far away.
    """
    centre, middle = shape.mean(0), points_xy.mean(0)
    view = np.linalg.lstsq((shape - centre).astype(np.float64), points_xy - middle, rcond=None)[0]
    towards = np.cross(view[:, 0], view[:, 1])
    scale = np.sqrt(np.linalg.norm(view[:, 0]) * np.linalg.norm(view[:, 1]))
    depth = (shape - centre) @ (towards / max(float(np.linalg.norm(towards)), 1e-9)) * scale
    return np.column_stack([points_xy, depth]).astype(np.float32)


def unroll(photo: Pixels, posed: Points) -> Unrolled:
    """Bring a photo into the atlas.

    Args:
        photo: (height, width, 3) uint8 BGR.
        posed: (468, 3) mesh points in photo pixels.
    """
    places = atlas.spread_values(atlas.POINTS, np.column_stack([posed[:, :2], measure_facing(posed)]))
    x, y, towards = (np.ascontiguousarray(places[..., k]) for k in range(3))
    colours = cv2.remap(photo, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    height, width = photo.shape[:2]
    border = _FRAME_BORDER_PX
    inside = (x > border) & (x < width - 1 - border) & (y > border) & (y < height - 1 - border)
    seen = smooth_step(towards, GRAZING, FACING) * inside * (atlas.FACE > 0)
    return Unrolled(np.asarray(colours, np.float32), seen, smooth_step(towards, FACING, SQUARE))
