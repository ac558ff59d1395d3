"""The calm face of a person, and numbers for what the mesh does on top of it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.expression import KINDS, MEAN_AMOUNTS, MEAN_SHAPE, READER, measure_unrest
from livecam.core.face import Points
from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.unroll import atlas_of
from trainer.material import Material
from trainer.regions import REGIONS, share_points

Floats = NDArray[np.float32]
BOUND: Final = 2.5
"""Numbers are bent towards this: what was never seen is not made by going on in a straight line."""
_LEAST_CALM: Final = 12
_CALM_SHARE: Final = 25
_DEGREES: Final = 60.0
_LIDS_COUNT_MORE: Final = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Calm:
    """A person's calm face.

    Attributes:
        shape: (468, 3) unposed.
        detail: (n, n, 3) float32, 1 is plain skin.
        frames: Which pictures it is the mean of.
    """

    shape: Points
    detail: Floats
    frames: NDArray[np.intp]


def find_calm(material: Material) -> Calm:
    """Return the mean of the calmest, straightest pictures."""
    far = np.array([measure_unrest(shape) for shape in material.shapes]) + np.abs(material.yaw_deg) / _DEGREES
    count = min(max(_LEAST_CALM, len(material) // _CALM_SHARE), len(material))
    frames = np.sort(np.argsort(far, kind="stable")[:count])
    total = np.zeros((*material.detail.shape[1:3], 1), np.float32)
    detail = np.zeros(material.detail.shape[1:], np.float32)
    for number in frames:
        picture, known = material.settled(int(number))
        weight = known[..., None] + np.float32(1e-3)
        detail += weight * (picture.astype(np.float32) / GAIN)
        total += weight
    return Calm(np.asarray(material.shapes[frames].mean(0), np.float32), np.asarray(detail / total, np.float32), frames)


def texel_weights(side_px: int) -> Floats:
    """Return how much each texel counts (n, n).

    Eyes and brows four times, lips three times, mean 1 over the face.
    """
    atlas = atlas_of(side_px)
    y, x = np.mgrid[:side_px, :side_px].astype(np.float32)
    weights = np.ones((side_px, side_px), np.float32)
    eyes = [
        np.concatenate([topology.RIGHT_UPPER_LID, topology.RIGHT_BROW]),
        np.concatenate([topology.LEFT_UPPER_LID, topology.LEFT_BROW]),
    ]
    for ring, more in ((eyes[0], 3.0), (eyes[1], 3.0), (topology.OUTER_LIPS, 2.0)):
        places = atlas.points[ring]
        middle, reach = places.mean(0), np.ptp(places, axis=0) * 0.6 + 1
        weights += more * np.exp(-(((x - middle[0]) / reach[0]) ** 2) - ((y - middle[1]) / reach[1]) ** 2)
    weights *= atlas.face
    return np.asarray(weights / weights[atlas.face].mean(), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class MeshCode:
    """Numbers (k, count) for unposed meshes.

    Bent amounts along `axes`, and the named kinds of expression.

    Attributes:
        calm: (468, 3) what is taken off first.
        axes: (1404, AXES) the axes of each region over their spread, points weighted.
        reader: (1404, kinds), `rest` (kinds,) and `calm_amounts` (kind,): the named kinds, off the calm ones.
    """

    calm: Points
    axes: Floats
    reader: Floats
    rest: Floats
    calm_amounts: Floats

    @property
    def count(self) -> int:
        """How many numbers there are."""
        return int(self.axes.shape[1] + self.reader.shape[1])

    def encode(self, shapes: Points) -> Floats:
        """Return the numbers (k, count) of unposed meshes (k, 468, 3)."""
        flat = shapes.reshape(len(shapes), -1)
        along = (flat - self.calm.ravel()) @ self.axes
        named = np.clip(flat @ self.reader + self.rest, 0, 1) - self.calm_amounts
        return np.hstack([BOUND * np.tanh(along / BOUND), named]).astype(np.float32)

    def off(self, calm: Points) -> "MeshCode":
        """Return the same numbers for a person with another calm face."""
        named = np.clip(calm.ravel() @ self.reader + self.rest, 0, 1).astype(np.float32)
        return MeshCode(calm, self.axes, self.reader, self.rest, named)


def learn_mesh_code(shapes: Points, calm: Points) -> MeshCode:
    """Return numbers in which the expressions of a person differ most.

    They are learned from unposed meshes (k, 468, 3), part by part of the face.
    """
    weights = _point_weights() * share_points()
    parts = [_find_axes(shapes - calm, one, region.axes) for one, region in zip(weights, REGIONS, strict=True)]
    projected = np.concatenate(parts, 1)
    reader = READER.reshape(-1, len(KINDS)).astype(np.float32)
    rest = np.asarray(MEAN_AMOUNTS - MEAN_SHAPE.ravel() @ reader, np.float32)
    blank = MeshCode(calm, projected.astype(np.float32), reader, rest, np.zeros(len(KINDS), np.float32))
    return blank.off(calm)


def _find_axes(changes: Points, weights: Floats, most: int) -> NDArray[np.float64]:
    """Return the main axes (1404, most) of changes (k, 468, 3).

    They are over their spread; `weights` (468,) are those of the points.
    """
    flat = (changes * weights[:, None]).reshape(len(changes), -1)
    _, spread, axes = np.linalg.svd(flat.astype(np.float64), full_matrices=False)
    count = min(most, int(np.count_nonzero(spread > 1e-6 * max(float(spread[0]), 1e-12))))
    scale = np.maximum(spread[:count] / np.sqrt(len(changes)), 0.15 * spread[0] / np.sqrt(len(changes)) + 1e-9)
    projected = np.zeros((flat.shape[1], most))
    projected[:, :count] = axes[:count].T / scale
    return projected * np.repeat(weights, 3)[:, None]


def _point_weights() -> Floats:
    """Return how much each point counts (468,).

    Lids and brows move little and say much.
    """
    weights = np.ones(468, np.float32)
    lids = (topology.RIGHT_EYE, topology.LEFT_EYE, topology.RIGHT_UPPER_LID, topology.LEFT_UPPER_LID)
    weights[np.concatenate([*lids, topology.RIGHT_BROW, topology.LEFT_BROW])] = _LIDS_COUNT_MORE
    return weights
