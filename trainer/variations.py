"""The main variations of a person's faces, and how much of each a picture shows."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.detail import GAIN
from trainer.basis import texel_weights
from trainer.faces import Faces

Floats = NDArray[np.float32]
_PART: Final = 64
_LEAST_WEIGHT: Final = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class Variations:
    """The main variations of a person's faces.

    Attributes:
        mean: (3, n, n).
        basis: (count, 3, n, n) each by its spread.
        amounts: (k, count) of the pictures, spread 1.
        shares: (count,) spreads over the first.
    """

    mean: Floats
    basis: Floats
    amounts: Floats
    shares: Floats

    def draw(self, amounts: Floats) -> Floats:
        """Return the face (3, n, n) of amounts (count,)."""
        return np.asarray(self.mean + np.tensordot(amounts, self.basis, 1), np.float32)


def find_variations(faces: Faces, count: int) -> Variations:
    """Return at most `count` variations, texels weighted as in the loss.

    They come from products of pictures, in little memory.
    """
    side = faces.detail.shape[-1]
    weights = np.sqrt(texel_weights(side))
    mean = np.asarray(sum(part.sum(0, dtype=np.float64) for part, _ in _parts(faces)) / len(faces), np.float32)
    products = np.zeros((len(faces), len(faces)))
    rows = np.empty((len(faces), mean.size), np.float16)
    for part, which in _parts(faces):
        rows[which] = ((part - mean) * weights).reshape(len(part), -1)
    for columns in range(0, mean.size, 8192):
        block = rows[:, columns : columns + 8192].astype(np.float32)
        products += block @ block.T
    values, vectors = np.linalg.eigh(products)
    count = min(count, len(faces) - 1)
    values, vectors = np.maximum(values[::-1][:count], 1e-8), vectors[:, ::-1][:, :count]
    amounts = (vectors * np.sqrt(values)).astype(np.float32)
    spread = np.maximum(amounts.std(0), np.float32(1e-6))
    axes = np.zeros((count, mean.size), np.float32)
    for _, which in _parts(faces):
        axes += vectors[which].T.astype(np.float32) @ rows[which].astype(np.float32)
    axes *= (spread / np.sqrt(values).astype(np.float32))[:, None]
    basis = axes.reshape(count, 3, side, side) / np.maximum(weights, _LEAST_WEIGHT) * (weights > 0)
    amounts = np.asarray(amounts / spread, np.float32)
    return Variations(mean, np.asarray(basis, np.float32), amounts, np.asarray(spread / spread[0], np.float32))


def measure_amounts(faces: Faces, variations: Variations) -> Floats:
    """Return how much of each variation pictures show (k, count)."""
    weights = np.sqrt(texel_weights(faces.detail.shape[-1]))
    axes = (variations.basis * weights).reshape(len(variations.basis), -1)
    apart = [((part - variations.mean) * weights).reshape(len(part), -1) @ axes.T for part, _ in _parts(faces)]
    return np.asarray(np.concatenate(apart) / (axes**2).sum(1), np.float32)


def _parts(faces: Faces) -> Iterator[tuple[Floats, NDArray[np.intp]]]:
    """Yield some pictures (m, 3, n, n) at a time, and which they are."""
    for begin in range(0, len(faces), _PART):
        which = np.arange(begin, min(begin + _PART, len(faces)))
        yield np.asarray(faces.detail[which] / np.float32(GAIN), np.float32), which
