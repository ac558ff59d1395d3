"""The main variations of a person's faces, and how much a picture shows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.detail import GAIN
from trainer.basis import texel_weights
from trainer.faces import Faces
from trainer.regions import share_texels

Floats = NDArray[np.float32]
_PART: Final = 64
_LEAST_WEIGHT, _LEAST_SHARE = 1e-2, 1e-2
_COLUMNS: Final = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Variations:
    """The main variations of a person's faces, region by region.

    Attributes:
        mean: (3, n, n).
        basis: (count, 3, n, n) each by its spread; outside its region it is 0.
        amounts: (k, count) of the pictures, spread 1.
        shares: (count,) spreads over the largest.
        regions: (count,) the number of the region of each.
    """

    mean: Floats
    basis: Floats
    amounts: Floats
    shares: Floats
    regions: NDArray[np.intp]

    def draw(self, amounts: Floats) -> Floats:
        """Return the face (3, n, n) of amounts (count,)."""
        return np.asarray(self.mean + np.tensordot(amounts, self.basis, 1), np.float32)


def find_variations(faces: Faces, counts: Sequence[int]) -> Variations:
    """Return at most `counts` variations of each region.

    Texels are weighted as in the loss. They come from products of pictures, in little memory.
    """
    mean = np.asarray(sum(part.sum(0, dtype=np.float64) for part, _ in _parts(faces)) / len(faces), np.float32)
    found = [_find_in(faces, mean, number, min(count, len(faces) - 1)) for number, count in enumerate(counts)]
    basis, amounts = [one[0] for one in found], [one[1] for one in found]
    regions = np.concatenate([np.full(len(one), number, np.intp) for number, one in enumerate(basis)])
    spread = np.concatenate([one[2] for one in found])
    shares = np.asarray(spread / np.max(spread), np.float32)
    return Variations(mean, np.concatenate(basis), np.concatenate(amounts, 1), shares, regions)


def _find_in(faces: Faces, mean: Floats, number: int, count: int) -> tuple[Floats, Floats, Floats]:
    """Return basis, amounts (k, count) and spreads (count,) of one region."""
    rows = np.concatenate(list(_rows_of(faces, mean, number)))
    products = np.zeros((len(faces), len(faces)))
    for columns in range(0, rows.shape[1], _COLUMNS):
        block = rows[:, columns : columns + _COLUMNS].astype(np.float32)
        products += block @ block.T
    values, vectors = np.linalg.eigh(products)
    values, vectors = np.maximum(values[::-1][:count], 1e-8), vectors[:, ::-1][:, :count]
    amounts = (vectors * np.sqrt(values)).astype(np.float32)
    spread = np.maximum(amounts.std(0), np.float32(1e-6))
    axes = np.asarray(vectors.T.astype(np.float32) @ rows.astype(np.float32), np.float32)
    axes *= (spread / np.sqrt(values).astype(np.float32))[:, None]
    which, weights, share = _region_of(mean.shape[-1], number)
    basis = np.zeros((count, 3, weights.size), np.float32)
    # What a region adds counts by its share: where two overlap, their sum is the picture.
    basis[..., which] = axes.reshape(count, 3, -1) * (share / weights).ravel()[which]
    return basis.reshape(count, *mean.shape), np.asarray(amounts / spread, np.float32), spread


def measure_amounts(faces: Faces, variations: Variations) -> Floats:
    """Return how much of each variation pictures show (k, count)."""
    found = []
    for number in np.unique(variations.regions):
        which, weights, share = _region_of(faces.detail.shape[-1], int(number))
        basis = variations.basis[variations.regions == number]
        axes = basis.reshape(len(basis), 3, -1)[..., which] * (weights / share).ravel()[which]
        axes = axes.reshape(len(basis), -1)
        rows = np.concatenate(list(_rows_of(faces, variations.mean, int(number)))).astype(np.float32)
        found.append(rows @ axes.T / (axes**2).sum(1))
    return np.asarray(np.concatenate(found, 1), np.float32)


def _rows_of(faces: Faces, mean: Floats, number: int) -> Iterator[NDArray[np.float16]]:
    """Yield what pictures are off the mean in a region, some rows at a time."""
    which, weights, _ = _region_of(mean.shape[-1], number)
    for part, _ in _parts(faces):
        off = ((part - mean) * weights).reshape(len(part), 3, -1)[..., which]
        yield off.reshape(len(part), -1).astype(np.float16)


@cache
def _region_of(side_px: int, number: int) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Return a region's texels (m,), and its weights and shares (n, n).

    A weight is the root of how much a texel counts.
    """
    share = share_texels(side_px)[number]
    weights = np.sqrt(texel_weights(side_px) * share)
    which = np.flatnonzero((weights > _LEAST_WEIGHT) & (share > _LEAST_SHARE))
    return which, np.maximum(weights, _LEAST_WEIGHT), np.maximum(share, _LEAST_SHARE)


def _parts(faces: Faces) -> Iterator[tuple[Floats, NDArray[np.intp]]]:
    """Yield some pictures (m, 3, n, n) at a time, and which they are."""
    for begin in range(0, len(faces), _PART):
        which = np.arange(begin, min(begin + _PART, len(faces)))
        yield np.asarray(faces.detail[which] / np.float32(GAIN), np.float32), which
