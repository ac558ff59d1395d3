"""Two rings around the face mesh in which the drawn face fades out."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.video.render.shape import smooth

_OVAL: Final = topology.OVAL
_RINGS: Final = (1.12, 1.3)
_FOLD: Final = 0.45
"""How far inside the oval the rings read a texture.

It is a share of a full mirror image, near enough to find bare forehead.
"""
_SIDE: Final = len(_OVAL)
POINT_COUNT: Final = 468 + 2 * _SIDE
_BROW_ROW: Final = float(topology.CANONICAL[topology.RIGHT_BROW, 1].mean())
_TOP_ROW: Final = float(topology.CANONICAL[10, 1])
_MOUTH_ROW: Final = float(topology.CANONICAL[61, 1])


def _band(inner: NDArray[np.int32], outer: NDArray[np.int32]) -> list[list[int]]:
    """Return triangles between two loops of the same length."""
    following, beyond = np.roll(inner, -1), np.roll(outer, -1)
    near = np.stack([inner, following, outer], 1)
    return [*near.tolist(), *np.stack([following, beyond, outer], 1).tolist()]


_FIRST: Final = 468 + np.arange(_SIDE, dtype=np.int32)
_SECOND: Final = _FIRST + _SIDE
OUTER_RING: Final = _SECOND
TRIANGLES: Final[NDArray[np.int32]] = np.concatenate(
    [topology.TRIANGLES, np.array(_band(_OVAL, _FIRST) + _band(_FIRST, _SECOND), np.int32)]
)


def add_rings(points: NDArray[np.float32], out: NDArray[np.float32], *, inwards: bool = False) -> NDArray[np.float32]:
    """Add the rings to points (468, 2 or 3).

    They are the oval grown about its middle, or folded inwards to read a texture.

    Args:
        points: The mesh.
        out: (POINT_COUNT, 2 or 3), written and returned.
        inwards: Fold the rings back over the oval.
    """
    oval = points[_OVAL]
    ray = oval - oval.sum(0) / np.float32(_SIDE)
    if points.shape[1] == 3:
        ray[:, 2] = 0
    out[:468] = points
    for ring, scale in zip((_FIRST, _SECOND), _RINGS, strict=True):
        out[ring] = oval + ray * np.float32((1 - scale) * _FOLD if inwards else (scale - 1))
    return out


def tie_rings(moved: NDArray[np.float32], live: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return moved points (POINT_COUNT, 3) with rings tied to the live ones.

    The first ring is half-way, the second does not move.
    """
    moved[_FIRST] = (moved[_FIRST] + live[_FIRST]) / 2
    moved[_SECOND] = live[_SECOND]
    return moved


def extend_values(values: NDArray[np.float32], out: NDArray[np.float32]) -> NDArray[np.float32]:
    """Extend values (468, n) over the rings by those of the oval.

    They are written into `out` (POINT_COUNT, n).
    """
    out[:468] = values
    out[_FIRST] = out[_SECOND] = values[_OVAL]
    return out


def _height(points: NDArray[np.float32]) -> NDArray[np.floating]:
    """Return 0 at the brows and below, 1 at the top of the mesh."""
    return smooth(-points[:, 1], -_BROW_ROW, -(_TOP_ROW * 0.85 + _BROW_ROW * 0.15))


def _opacity() -> NDArray[np.float32]:
    """Return opacity (POINT_COUNT,): 1 inside, 0 on the oval and beyond.

    The forehead continues over the rings.
    """
    opacity = np.ones(POINT_COUNT)
    forehead = _height(topology.CANONICAL[_OVAL])
    opacity[_OVAL] = forehead
    opacity[_FIRST] = 0.8 * forehead
    opacity[_SECOND] = 0
    return opacity.astype(np.float32)


def _outline() -> NDArray[np.float32]:
    """Return (POINT_COUNT,) where hair may cover the face.

    It is near the oval above the mouth, not at the brows and eyes. It is 1 on the oval and rises to 2 on the rings,
    where anything but plain skin stays.
    """
    flat, oval = topology.UV, topology.UV[_OVAL]
    away = np.linalg.norm(flat[:, None] - oval[None], axis=2).min(1)
    zone = smooth(0.17 - away, 0, 0.08)
    features = np.concatenate([
        topology.RIGHT_BROW, topology.LEFT_BROW, topology.RIGHT_EYE, topology.LEFT_EYE,
        topology.RIGHT_UPPER_LID, topology.LEFT_UPPER_LID,
    ])  # fmt: skip
    near = np.linalg.norm(flat[:, None] - flat[None, features], axis=2).min(1)
    zone = zone * smooth(near, 0.03, 0.1) * smooth(_MOUTH_ROW - topology.CANONICAL[:, 1], 0, 0.2)
    outline = extend_values(zone[:, None].astype(np.float32), np.empty((POINT_COUNT, 1), np.float32))[:, 0]
    outline[_FIRST] *= 2
    outline[_SECOND] *= 2
    return outline


def opacity_by_facing(facing: NDArray[np.float32], out: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return opacity (POINT_COUNT,) for points facing the camera by `facing` (468,).

    The forehead does not extend on the far side.
    """
    out[:] = OPACITY
    towards = facing[_OVAL]
    for loop in (_OVAL, _FIRST):
        out[loop] *= towards
    return out


OPACITY: Final = _opacity()
OUTLINE: Final = _outline()
