"""Numbers for what eyes and mouth show and the mesh does not know.

Where the irises are, and whether there are teeth.
"""

from functools import cache
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.unroll import atlas_of

Floats = NDArray[np.float32]
_BANDS: Final = 3
COUNT: Final = 2 * 3 + _BANDS + 1
"""Brightness, and how far it moved across and down, of two eyes; brightness of three bands of teeth; redness."""
BOUND: Final = 2.5
_LEAST_SPREAD: Final = 0.01


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
    return np.array(planes, np.float32)


def _coordinates(inside: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return columns and rows (n, n), mean 0 and spread 1 inside a mask."""
    places = np.indices(inside.shape, np.float32)
    middle, spread = places[:, inside].mean(1), places[:, inside].std(1)
    down, across = (places - middle[:, None, None]) / spread[:, None, None]
    return np.asarray(across, np.float32), np.asarray(down, np.float32)
