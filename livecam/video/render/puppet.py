"""Move the persona's whole photo by the live face.

Nothing of the camera is shown.
"""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture
from livecam.video.render.eyelids import draw_seams
from livecam.video.render.motion import Motion, fit_picture_pose
from livecam.video.render.mouth import Mouth
from livecam.video.render.raster import MeshRaster
from livecam.video.render.sampling import look_up

_RINGS: Final = ((1.3, 0.9), (1.9, 0.45), (2.7, 0.0))
"""Rings around the oval: their size, and how far each follows the head.

Hair and ears move, the background does not.
"""
_FACE_SHARE: Final = 0.62
_FACE_ROW: Final = 0.52
_SIDE: Final = len(topology.OVAL)
_COUNT: Final = 468 + _SIDE * len(_RINGS)
_GRID_PX: Final = 256
_LASH_COLOUR: Final = 45.0


def _triangles() -> NDArray[np.int32]:
    """Return the face and the bands between its rings."""
    loops = [topology.OVAL, *(468 + k * _SIDE + np.arange(_SIDE, dtype=np.int32) for k in range(len(_RINGS)))]
    bands = [topology.TRIANGLES]
    for inner, outer in pairwise(loops):
        following, beyond = np.roll(inner, -1), np.roll(outer, -1)
        bands += [np.stack([inner, following, outer], 1), np.stack([following, beyond, outer], 1)]
    return np.concatenate(bands).astype(np.int32)


class Puppet:
    """A photo that moves with a face.

    Args:
        photo: Plain colours with mesh points, shape if known.
        size_wh: Size of the pictures it draws.
    """

    def __init__(self, photo: FaceTexture, size_wh: tuple[int, int]) -> None:
        if photo.tone is not None:
            raise ValueError("a puppet needs the photo itself, not its detail")
        matrix = _fit(photo.points, size_wh)
        self._still = _frame_photo(photo.pixels, matrix, size_wh)
        flat = (photo.points @ matrix[:, :2].T + matrix[:, 2]).astype(np.float32)
        shape = topology.CANONICAL if photo.shape is None else photo.shape
        pose = fit_picture_pose(flat, shape)
        self._motion = Motion(shape, pose)
        self._rest = np.column_stack([flat, pose.apply(shape)[:, 2]]).astype(np.float32)
        self._error = self._rest - pose.apply(shape)
        self._mouth = Mouth(self._still, self._rest)
        self._prepare(size_wh)

    def _prepare(self, size_wh: tuple[int, int]) -> None:
        """Lay out the square that moves and its buffers."""
        self._rest_mesh = self._move_rings(np.zeros((468, 3), np.float32))
        low, high = self._rest_mesh[:, :2].min(0), self._rest_mesh[:, :2].max(0)
        self._side = int(np.ceil(np.max(high - low))) + 2
        self._corner = np.floor((low + high) / 2 - self._side / 2).astype(int)
        left, top = np.maximum(self._corner, 0)
        right, bottom = np.minimum(self._corner + self._side, size_wh)
        self._window = np.s_[top:bottom, left:right]
        self._raster = MeshRaster(_GRID_PX, _triangles(), _COUNT)
        self._values = np.zeros((_COUNT, 3), np.float32)
        self._field = np.empty((_GRID_PX, _GRID_PX, 2), np.float32)
        self._map = np.empty((self._side, self._side, 2), np.float32)
        columns, rows = np.meshgrid(np.arange(self._side), np.arange(self._side))
        self._grid = (np.dstack([columns, rows]) + self._corner).astype(np.float32)
        self._still4 = np.asarray(cv2.cvtColor(self._still, cv2.COLOR_BGR2BGRA), np.uint8)
        cut = np.s_[top - self._corner[1] : bottom - self._corner[1], left - self._corner[0] : right - self._corner[0]]
        self._cut = cut
        self._moved4 = np.empty((bottom - top, right - left, 4), np.uint8)

    def reset(self) -> None:
        """Treat the next face as at rest."""
        self._motion.reset()

    def draw(self, face: FaceMesh | None, out: Pixels) -> None:
        """Draw the photo with the face's motion, or at rest, into `out`.

        `out` is (height, width, 3).
        """
        np.copyto(out, self._still)
        if face is None:
            return
        points = self._motion.move_points(face.points) + self._error
        self._bend(points)
        cv2.cvtColor(self._moved4, cv2.COLOR_BGRA2BGR, dst=out[self._window])
        draw_seams(out, points, self._motion.shut, _LASH_COLOUR)
        self._mouth.paint(out, points)

    def _move_rings(self, moved_by: Points) -> Points:
        """Return the mesh at rest, moved by (468, 3), with its rings."""
        mesh = np.empty((_COUNT, 3), np.float32)
        mesh[:468] = self._rest + moved_by
        oval = self._rest[topology.OVAL]
        ray = (oval - oval.mean(0)) * np.array([1, 1, 0], np.float32)
        shift = moved_by[topology.OVAL].mean(0) * np.float32(0.5) + moved_by[topology.OVAL] * np.float32(0.5)
        for k, (scale, share) in enumerate(_RINGS):
            mesh[468 + k * _SIDE : 468 + (k + 1) * _SIDE] = (
                oval + ray * np.float32(scale - 1) + shift * np.float32(share)
            )
        mesh[468:, 2] += np.float32(np.max(ray[:, 0]))
        return mesh

    def _bend(self, points: Points) -> None:
        """Warp the still photo's window to the points (468, 3), into `_moved4`."""
        mesh = self._move_rings(points - self._rest)
        self._values[:, :2] = (self._rest_mesh - mesh)[:, :2]
        scale = np.float32(_GRID_PX / self._side)
        small = mesh * scale
        small[:, :2] += ((0.5 - self._corner) * scale - 0.5).astype(np.float32)
        picture = self._raster.draw(small, self._values)
        cv2.mixChannels([picture], [self._field], [0, 0, 1, 1])
        cv2.resize(self._field, (self._side, self._side), dst=self._map)
        cv2.add(self._map, self._grid, dst=self._map)
        look_up(self._still4, np.ascontiguousarray(self._map[self._cut]), self._moved4)


def _fit(points: NDArray[np.float32], size_wh: tuple[int, int]) -> NDArray[np.float64]:
    """Return the (2, 3) matrix from photo to picture.

    The face is large enough to act, its middle slightly below the centre.
    """
    low, high = points.min(0), points.max(0)
    scale = _FACE_SHARE * size_wh[1] / float((high - low)[1])
    middle = (low + high) / 2
    return np.array([
        [scale, 0, size_wh[0] / 2 - scale * middle[0]],
        [0, scale, size_wh[1] * _FACE_ROW - scale * middle[1]],
    ])  # fmt: skip


def _frame_photo(photo: Pixels, matrix: NDArray[np.float64], size_wh: tuple[int, int]) -> Pixels:
    """Return the photo at its place, extended softly beyond its edges."""
    shrunk = cv2.INTER_AREA if matrix[0, 0] < 1 else cv2.INTER_CUBIC
    size = (max(round(photo.shape[1] * matrix[0, 0]), 1), max(round(photo.shape[0] * matrix[1, 1]), 1))
    scaled = cv2.resize(photo, size, interpolation=shrunk)
    move = np.array([[1, 0, matrix[0, 2]], [0, 1, matrix[1, 2]]])
    sharp = cv2.warpAffine(scaled, move, size_wh, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    soft = cv2.GaussianBlur(sharp, (0, 0), size_wh[1] / 12)
    inside = cv2.warpAffine(np.full(scaled.shape[:2], 255, np.uint8), move, size_wh)
    fade = size_wh[1] // 20 * 2 + 1
    inside = cv2.erode(inside, np.ones((fade, fade), np.uint8), borderValue=255)
    share = (cv2.blur(inside, (fade, fade)).astype(np.float32) / 255)[..., None]
    return np.asarray(np.round(soft + share * (sharp.astype(np.float32) - soft)), np.uint8)
