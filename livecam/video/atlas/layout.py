"""Positions of the mesh points in the atlas.

The atlas is the unrolled face with eyes and mouth open. So teeth and irises have their own pixels, whatever the live
face does. The layout is part of the contract of trained models: its hash is in their files.
"""

import hashlib
from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology

Floats = NDArray[np.float64]
_EYE_WIDER: Final = 1.45
_EYE_HEIGHT: Final = 0.55
"""Height over width of an eye in the atlas."""
_MOUTH_WIDER: Final = 1.2
_UPPER_LIP_UP: Final = 0.08
_LOWER_LIP_DOWN: Final = 0.45
"""How far the inner lips are moved apart, over the mouth's width."""
_HOLD: Final = 3e-3
"""How firmly a point that no ring moves stays in its place."""
_FILLED: Final = 0.94


def _moved_rings(places: Floats) -> Mapping[int, Floats]:
    """Return displacements (2,) of points, by number.

    The openings move outwards; outline and nose ridge do not move.
    """
    still = {int(point): np.zeros(2) for point in (*topology.OVAL, *topology.NOSE_RIDGE)}
    return {**still, **_moved_lips(places), **_moved_eye(places, topology.RIGHT_EYE),
            **_moved_eye(places, topology.LEFT_EYE)}  # fmt: skip


def _moved_lips(places: Floats) -> dict[int, Floats]:
    ring = topology.INNER_LIPS
    half = len(ring) // 2
    middle, width = places[ring].mean(0), float(np.ptp(places[ring, 0]))
    drops = [0.0, *[_LOWER_LIP_DOWN] * (half - 1), 0.0, *[-_UPPER_LIP_UP] * (half - 1)]
    moved = {}
    for point, drop in zip(ring, drops, strict=True):
        across = places[point, 0] - middle[0]
        bell = np.cos(np.clip(across / (width / 2), -1, 1) * np.pi / 2)
        moved[int(point)] = np.array([(_MOUTH_WIDER - 1) * across, drop * width * bell])
    return moved


def _moved_eye(places: Floats, ring: NDArray[np.int32]) -> dict[int, Floats]:
    middle = places[ring].mean(0)
    width, height = np.ptp(places[ring], axis=0)
    wider = np.array([_EYE_WIDER, _EYE_WIDER * max(_EYE_HEIGHT * width / height, 1.0)])
    return {int(point): (places[point] - middle) * (wider - 1) for point in ring}


def _spread_moves(places: Floats, moved: Mapping[int, Floats]) -> Floats:
    """Return the displacement of every point (468, 2).

    Between the rings it is a net of springs.
    """
    triangles = topology.SKIN_TRIANGLES
    edges = np.unique(
        np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), 1), axis=0
    )
    stiffness = 1 / np.linalg.norm(places[edges[:, 0]] - places[edges[:, 1]], axis=1)
    net = np.zeros((len(places), len(places)))
    np.add.at(net, (edges[:, 0], edges[:, 1]), -stiffness)
    np.add.at(net, (edges[:, 1], edges[:, 0]), -stiffness)
    net -= np.diag(net.sum(1))
    net += _HOLD * np.diag(net.diagonal())
    fixed = np.array(sorted(moved))
    free = np.setdiff1d(np.arange(len(places)), fixed)
    moves = np.zeros_like(places)
    moves[fixed] = [moved[int(point)] for point in fixed]
    moves[free] = np.linalg.solve(net[np.ix_(free, free)], -net[np.ix_(free, fixed)] @ moves[fixed])
    return moves


def _make_layout() -> NDArray[np.float32]:
    places = topology.UV.astype(np.float64)
    places = places + _spread_moves(places, _moved_rings(places))
    low, high = places.min(0), places.max(0)
    layout = (places - (low + high) / 2) * (_FILLED / float(np.max(high - low))) + 0.5
    # Rounded, so that the hash does not depend on the machine's linear algebra.
    rounded = np.asarray(np.round(layout, 4), np.float32)
    rounded.flags.writeable = False
    return rounded


LAYOUT: Final[NDArray[np.float32]] = _make_layout()
"""(468, 2) each mesh point's place in the atlas, 0..1."""
LAYOUT_SHA256: Final = hashlib.sha256(np.ascontiguousarray(LAYOUT, "<f4").tobytes()).hexdigest()
SPACE: Final = "atlas-1"
"""The name of layout and coding in a model's metadata."""
