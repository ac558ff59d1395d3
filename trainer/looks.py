"""Numbers for what eyes, brows and mouth show and the mesh does not know.

Where the irises are, whether there are teeth, and how far brows moved that the mesh did not follow.
"""

from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.video.atlas.unroll import atlas_of

Floats = NDArray[np.float32]
_BANDS: Final = 3
EYES: Final = tuple(range(6))
GAZE: Final = (1, 2, 4, 5)
MOUTH: Final = tuple(range(6, 6 + _BANDS + 1))
BROWS: Final = (MOUTH[-1] + 1, MOUTH[-1] + 2)
COUNT: Final = len(EYES) + len(MOUTH) + len(BROWS)
"""Brightness, and how far it moved across and down, of two eyes; brightness of three bands of teeth; redness.

How far the dark of two brows moved down."""
BOUND: Final = 2.5
_LEAST_SPREAD: Final = 0.01
_AROUND_BROWS: Final = 0.05
"""How far around a brow its place reaches, in sides of the atlas."""


def measure_looks(change: Floats) -> Floats:
    """Return numbers (COUNT,) for what a face does on top of its calm one.

    `change` is (3, n, n). They are weighted means, so the calm face takes no part in them.
    """
    which, templates = looks_of(change.shape[-1])
    return np.asarray(change.reshape(-1)[which] @ templates, np.float32)


def find_spread(looks: Floats) -> Floats:
    """Return the usual size (COUNT,) of each number in pictures (k, COUNT)."""
    return np.maximum(looks.std(0), np.float32(_LEAST_SPREAD))


def bend_looks(looks: Floats, spread: Floats) -> Floats:
    """Return looks (k, COUNT) over their usual size, bent.

    What was never seen is not made by going straight on.
    """
    return np.asarray(BOUND * np.tanh(looks / spread / BOUND), np.float32)


@cache
def looks_of(side_px: int) -> tuple[NDArray[np.int64], Floats]:
    """Return which values (m,) of a change (3, n, n) count.

    And how much for each number (m, COUNT).
    """
    templates = _make_templates(side_px).reshape(COUNT, -1)
    which = np.flatnonzero(templates.any(0)).astype(np.int64)
    return which, np.ascontiguousarray(templates[:, which].T)


def _make_templates(side_px: int) -> Floats:
    """Return the weights (COUNT, 3, n, n) of each number."""
    openings = atlas_of(side_px).openings
    grey = np.full((3, 1, 1), 1 / 3, np.float32)
    planes: list[Floats] = []
    for number in (2, 3):
        inside = (openings == number).astype(np.float32)
        across, down = _coordinates(inside > 0)
        planes += [grey * one * inside / inside.sum() for one in (np.ones_like(inside), across, down)]
    mouth = openings == 1
    heights = _coordinates(mouth)[1]
    for low, high in pairwise(np.quantile(heights[mouth], np.linspace(0, 1, _BANDS + 1))):
        band = (mouth & (heights >= low) & (heights <= high)).astype(np.float32)
        planes.append(grey * band / band.sum())
    red = np.array([-0.5, -0.5, 1], np.float32)[:, None, None]
    planes.append(red * mouth / mouth.sum())
    for brow in spots_of(side_px)[2:]:
        across, down = brow.place(side_px)
        inside = np.clip(1 - across**2, 0, 1) * np.clip(1 - down**2, 0, 1)
        planes.append(grey * down * inside / inside.sum())
    return np.array(planes, np.float32)


@dataclass(frozen=True, slots=True)
class Spot:
    """A part of the atlas that moves.

    Attributes:
        middle, half: (2,) its middle and half of its size, x and y in texels.
    """

    middle: Floats
    half: Floats

    def place(self, side_px: int) -> Floats:
        """Return where each texel is in it (2, n, n): across and down, -1 to 1 inside."""
        rows, columns = np.indices((side_px, side_px), np.float32)
        places = np.stack([columns, rows]) - self.middle[:, None, None]
        return np.asarray(places / self.half[:, None, None], np.float32)


@cache
def spots_of(side_px: int) -> tuple[Spot, Spot, Spot, Spot]:
    """Return the right eye, the left eye, the right brow and the left brow."""
    atlas, found = atlas_of(side_px), []
    for number in (2, 3):
        inside = np.argwhere(atlas.openings == number)[:, ::-1]
        found.append((inside.min(0) - 0.5, inside.max(0) + 0.5, 0.0))
    for ring in (topology.RIGHT_BROW, topology.LEFT_BROW):
        found.append((atlas.points[ring].min(0), atlas.points[ring].max(0), _AROUND_BROWS * side_px))
    right, left, right_brow, left_brow = (
        Spot(np.asarray((low + high) / 2, np.float32), np.asarray((high - low) / 2 + more, np.float32))
        for low, high, more in found
    )
    return right, left, right_brow, left_brow


def _coordinates(inside: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return columns and rows (n, n), mean 0 and spread 1 inside a mask."""
    places = np.indices(inside.shape, np.float32)
    middle, spread = places[:, inside].mean(1), places[:, inside].std(1)
    down, across = (places - middle[:, None, None]) / spread[:, None, None]
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
