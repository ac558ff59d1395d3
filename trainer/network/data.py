"""Pictures as tensors, with weights, mesh numbers and variations.

What is not seen is filled in. Pictures of two people are paired by what they do.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecam.core.expression import read_amounts
from livecam.core.topology import LEFT_EYE_OPENING, MOUTH_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.video.atlas.detail import GAIN
from trainer.basis import Calm, MeshCode, texel_weights
from trainer.material import Material

Floats = NDArray[np.float32]
_LIKE: Final = 4
_LEAST_SPREAD: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """One person's pictures, as bytes until they are asked for.

    Attributes:
        detail: (k, 3, n, n) uint8; what is not seen is filled with the calm face.
        trust: (k, n, n) uint8.
        numbers: (k, count) float32 the mesh's.
        calm: (1, 3, n, n) float32.
        traits: (k, t) float32 by which pictures of two people are compared.
    """

    detail: Tensor
    trust: Tensor
    numbers: Tensor
    calm: Tensor
    traits: Floats

    def __len__(self) -> int:
        return len(self.detail)

    def take(self, which: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return some faces (k, 3, n, n), their trust (k, 1, n, n) and numbers.

        The numbers are (k, count).
        """
        return (
            self.detail[which].float() / GAIN,
            self.trust[which].float()[:, None] / 255,
            self.numbers[which],
        )


def make_faces(material: Material, calm: Calm, code: MeshCode) -> Faces:
    """Return a person's pictures ready for learning."""
    count, side = len(material), material.side_px
    detail = np.empty((count, 3, side, side), np.uint8)
    trust = np.empty((count, side, side), np.uint8)
    plain = calm.detail * GAIN
    for index in range(count):
        seen = material.trust(index)
        mixed = plain + seen[..., None] * (material.detail[index] - plain)
        detail[index] = np.clip(np.rint(mixed), 0, 255).astype(np.uint8).transpose(2, 0, 1)
        trust[index] = np.rint(255 * seen)
    return Faces(
        torch.from_numpy(detail),
        torch.from_numpy(trust),
        torch.from_numpy(code.off(calm.shape).encode(material.shapes)),
        torch.from_numpy(np.ascontiguousarray(calm.detail.transpose(2, 0, 1)))[None].float(),
        _traits(material, calm),
    )


def _traits(material: Material, calm: Calm) -> Floats:
    """Return named amounts and openings (k, t) off those of the calm face."""
    return np.array([_traits_of(shape) for shape in material.shapes], np.float32) - _traits_of(calm.shape)


def _traits_of(shape: Floats) -> Floats:
    openings = [opening_ratio(shape, four) for four in (MOUTH_OPENING, RIGHT_EYE_OPENING, LEFT_EYE_OPENING)]
    return np.concatenate([read_amounts(shape), 2 * np.array(openings, np.float32)])


def find_alike(operator: Faces, persona: Faces) -> Tensor:
    """Return for each picture of the operator the four most like it (k, 4).

    They are the persona's, and do most nearly the same.
    """
    spread = persona.traits.std(0) + _LEAST_SPREAD
    apart = (((operator.traits[:, None] - persona.traits[None]) / spread) ** 2).sum(-1)
    return torch.from_numpy(np.argsort(apart, 1, kind="stable")[:, :_LIKE].astype(np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Variations:
    """The main variations of a person's faces.

    Attributes:
        mean: (1, 3, n, n).
        basis: (count, 3 n n) each by its spread.
        amounts: (k, count) of the pictures, spread 1.
        shares: (count,) spreads over the first.
    """

    mean: Tensor
    basis: Tensor
    amounts: Tensor
    shares: Tensor


def find_variations(faces: Faces, count: int) -> Variations:
    """Return at most `count` variations, texels weighted as in the loss.

    They come from products of pictures, in little memory.
    """
    weights = torch.from_numpy(texel_weights(faces.detail.shape[-1])).sqrt()
    mean = torch.zeros(1, *faces.detail.shape[1:])
    for part in torch.arange(len(faces)).split(64):
        mean += faces.detail[part].float().sum(0, keepdim=True)
    mean /= GAIN * len(faces)
    rows = torch.stack([_row(faces, index, mean, weights) for index in range(len(faces))])
    products = (rows.float() @ rows.float().T) if len(rows) <= 512 else _products(rows)
    values, vectors = torch.linalg.eigh(products.double())
    count = min(count, len(faces) - 1)
    values, vectors = values.flip(0)[:count].clamp_min(1e-8), vectors.flip(1)[:, :count]
    amounts = (vectors * values.sqrt()).float()
    spread = amounts.std(0).clamp_min(1e-6)
    basis = torch.stack([_combine(rows, vectors[:, k]) for k in range(count)]) / values.sqrt().float()[:, None]
    side = faces.detail.shape[-1]
    basis = (basis.view(count, 3, side, side) / weights.clamp_min(1e-2)) * (weights > 0)
    return Variations(mean, (basis * spread[:, None, None, None]).flatten(1), amounts / spread, spread / spread[0])


def _row(faces: Faces, index: int, mean: Tensor, weights: Tensor) -> Tensor:
    return ((faces.detail[index].float() / GAIN - mean[0]) * weights).flatten().half()


def _products(rows: Tensor) -> Tensor:
    """Return rows @ rows.T in parts: as floats all rows would take twice the memory."""
    products = torch.zeros(len(rows), len(rows))
    for columns in torch.arange(rows.shape[1]).split(8192):
        part = rows[:, columns].float()
        products += part @ part.T
    return products


def _combine(rows: Tensor, vector: Tensor) -> Tensor:
    total = torch.zeros(rows.shape[1])
    for part in torch.arange(len(rows)).split(64):
        total += vector[part].float() @ rows[part].float()
    return total
