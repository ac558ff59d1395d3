"""Rings round the face's mesh that carry the hair, with the depth of a skull."""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import POINT_COUNT, Points
from livecam.core.pose import RIGIDITY, Pose
from livecam.video.head.cutout import HeadCutout
from livecam.video.render.shape import smooth
from livecam.video.tracking.smoothing import to_rotation, to_rotation_vector

_RINGS: Final = (1.10, 1.22, 1.4, 1.7, 2.2, 3.0)
_FOLLOWS_OVAL: Final = (0.8, 0.5, 0.2, 0.0, 0.0, 0.0)
"""How far each ring goes along with what the expression does to the oval."""
_BEND_FOLLOW: Final = 0.2
_EAR_DEPTH: Final = 1.05
"""Depth of the silhouette behind the bridge of the nose, in outer eye distances."""
_DEEP_AT: Final = 0.4
_FAR_SHARE: Final = 0.22
_FACING: Final = 0.30
"""A side is turned away in full from this sine on."""
_NECK_JOINT: Final = np.array([[0, 2.0, 1.1]], np.float32)
_HANGS_FROM, _HANGS_OVER, _HANGS_SHARE = 0.75, 1.6, 0.8
_STEPS: Final = 10
_SIDE: Final = len(topology.OVAL)
SHELL_COUNT: Final = POINT_COUNT + _SIDE * len(_RINGS)


def _triangles() -> NDArray[np.int32]:
    loops = [topology.OVAL, *(POINT_COUNT + k * _SIDE + np.arange(_SIDE, dtype=np.int32) for k in range(len(_RINGS)))]
    bands = [topology.TRIANGLES]
    for inner, outer in pairwise(loops):
        following, beyond = np.roll(inner, -1), np.roll(outer, -1)
        bands += [np.stack([inner, following, outer], 1), np.stack([following, beyond, outer], 1)]
    return np.concatenate(bands).astype(np.int32)


SHELL_TRIANGLES: Final = _triangles()


class Shell:
    """The face and six rings, read in the photo at its own pose and kept unposed.

    Attributes:
        face_px: Height of the face in the cutout.
        places: (SHELL_COUNT, 2) where each point reads the cutout.
        visible: (SHELL_COUNT,) whether the matte reaches the point.
    """

    def __init__(self, cutout: HeadCutout) -> None:
        self._shape, self.face_px = cutout.shape, cutout.height
        rest = np.column_stack([cutout.points, cutout.pose.apply(cutout.shape)[:, 2]]).astype(np.float32)
        oval = rest[topology.OVAL]
        ray = oval[:, :2] - oval[:, :2].mean(0)
        back = float(cutout.pose.apply(np.array([[0, 0, _EAR_DEPTH]], np.float32))[0, 2])
        near, far, places = [], [], [cutout.points]
        for size in _RINGS:
            flat = oval[:, :2].mean(0) + ray * np.float32(size)
            deep = float(smooth(np.array([size - 1.0]), 0, _DEEP_AT)[0])
            depth = oval[:, 2] * (1 - deep) + back * deep
            near.append(np.column_stack([flat, depth]))
            far.append(np.column_stack([flat, oval[:, 2] + _FAR_SHARE * (back - oval[:, 2]) * deep]))
            places.append(flat)
        self.places = np.concatenate(places).astype(np.float32)
        self._near, self._far = (cutout.pose.undo(np.concatenate(rings).astype(np.float32)) for rings in (near, far))
        outwards = np.column_stack([ray, np.zeros(_SIDE)]).astype(np.float32) @ cutout.pose.rotation
        outwards /= np.linalg.norm(outwards, axis=1, keepdims=True)
        self._outwards = np.tile(outwards, (len(_RINGS), 1)).astype(np.float32)
        self._turns, self._turn_of = np.unique(self._turn_shares(), return_inverse=True)
        self._bend: Points | None = None
        self.visible = _reached(cutout, self.places)

    def _turn_shares(self) -> NDArray[np.float32]:
        """Return how far each ring point turns with the head, in tenths.

        Hair below the chin hangs.
        """
        chin = float(self._shape[152, 1])
        low = smooth((self._near[:, 1] - chin * _HANGS_FROM) / _HANGS_OVER, 0, 1)
        return np.asarray(np.round((1 - _HANGS_SHARE * low) * _STEPS) / _STEPS, np.float32)

    def place(self, drawn: Points, pose: Pose, middle: NDArray[np.float32] | None = None) -> Points:
        """Return all points (SHELL_COUNT, 3) in frame pixels.

        Args:
            drawn: (468, 3) the drawn face in the frame.
            pose: The pose of the head, calmer than the face's own.
            middle: (2,) where its bony part is, calmer as well; by default where the drawn one's is.
        """
        placed = np.empty((SHELL_COUNT, 3), np.float32)
        placed[:POINT_COUNT] = drawn
        away = smooth(self._outwards @ pose.rotation[2], 0, _FACING)[:, None].astype(np.float32)
        unposed = self._near + (self._far - self._near) * away
        placed[POINT_COUNT:] = self._hang(unposed, pose)
        rest = pose.apply(self._shape)
        bend = self._follow((drawn - rest)[topology.OVAL])
        shift = np.zeros(3, np.float32)
        shift[:2] = (RIGIDITY @ drawn[:, :2] if middle is None else middle) - RIGIDITY @ rest[:, :2]
        for k, share in enumerate(_FOLLOWS_OVAL):
            ring = np.s_[POINT_COUNT + k * _SIDE : POINT_COUNT + (k + 1) * _SIDE]
            placed[ring] += shift + bend * np.float32(share)
        return placed

    def _follow(self, moved: Points) -> Points:
        """Return how the oval is bent, slowly, and not where it is in the picture."""
        bend = moved - moved.mean(0) * np.array([1, 1, 0], np.float32)
        self._bend = bend if self._bend is None else self._bend + np.float32(_BEND_FOLLOW) * (bend - self._bend)
        return self._bend

    def _hang(self, unposed: Points, pose: Pose) -> Points:
        """Return ring points at the pose.

        Those that hang turn less, about a joint in the neck.
        """
        vector, joint = to_rotation_vector(pose.rotation), pose.apply(_NECK_JOINT)[0]
        turns = np.stack([to_rotation(vector * share) for share in self._turns]) * np.float32(pose.scale)
        offsets = joint - turns @ _NECK_JOINT[0]
        placed = np.einsum("nij,nj->ni", turns[self._turn_of], unposed)
        return np.asarray(placed + offsets[self._turn_of], np.float32)


def _reached(cutout: HeadCutout, places: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which points the matte reaches, and the ring beyond them."""
    grown = cv2.dilate((cutout.alpha > 5).astype(np.uint8), np.ones((9, 9), np.uint8))
    rows, columns = grown.shape
    x = np.clip(np.round(places[:, 0]).astype(int), 0, columns - 1)
    y = np.clip(np.round(places[:, 1]).astype(int), 0, rows - 1)
    seen = grown[y, x] > 0
    reached = seen.copy()
    for k in range(len(_RINGS)):
        ring = POINT_COUNT + k * _SIDE + np.arange(_SIDE)
        inner = topology.OVAL if k == 0 else ring - _SIDE
        reached[ring] |= seen[inner]
    reached[:POINT_COUNT] = True
    return np.asarray(reached, np.bool_)
