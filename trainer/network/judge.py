"""Judge the network on held-out pictures of the persona."""

from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from livecam.core.topology import LEFT_EYE_OPENING, RIGHT_EYE_OPENING, opening_ratio
from livecam.video.atlas.unroll import atlas_of
from trainer.basis import texel_weights
from trainer.material import Material
from trainer.network.data import Faces
from trainer.network.nets import SwapNet
from trainer.scores import Scores

_MOST: Final = 120
_SHUT: Final = 0.45
"""Opening of an eye over its usual one below which the lids are shut."""
_BATCH: Final = 8


class Judge:
    """Held-out pictures and what is measured on them.

    Args:
        material: The pictures.
        faces: The same as tensors.
        linear: Error of the linear model, openings left out.
    """

    def __init__(self, material: Material, faces: Faces, linear: float) -> None:
        self._which = torch.from_numpy(np.linspace(0, len(faces) - 1, min(len(faces), _MOST)).astype(np.int64))
        self._faces = faces
        self._linear = linear
        atlas = atlas_of(material.side_px)
        self._weights = torch.from_numpy(texel_weights(material.side_px))[None, None]
        self._skin = torch.from_numpy((atlas.openings == 0).astype(np.float32))[None, None]
        self._eyes = torch.from_numpy(atlas.openings >= 2)
        self._fine = torch.from_numpy(texel_weights(material.side_px) > 1.5)
        self._shut = _find_shut(material)[self._which.numpy()]

    def judge(self, net: SwapNet) -> Scores:
        """Return what the held-out pictures say about a network."""
        made, true, trust = self._draw(net)
        weights = self._weights * trust * self._skin
        calm = self._faces.calm
        changed, change = (made - calm) * weights, (true - calm) * weights
        return Scores(
            error=_mean(made - true, weights),
            photo=_mean(calm - true, weights),
            linear=self._linear,
            follows=_correlate(changed, change),
            lids=self._judge_lids(made, true),
            sharpness=_edges(made, self._fine) / max(_edges(true, self._fine), 1e-6),
        )

    def _draw(self, net: SwapNet) -> tuple[Tensor, Tensor, Tensor]:
        made, true, trust = [], [], []
        for part in self._which.split(_BATCH):
            faces, seen, numbers = self._faces.take(part)
            made.append(net(faces - self._faces.calm, numbers).float())
            true.append(faces)
            trust.append(seen)
        return torch.cat(made), torch.cat(true), torch.cat(trust)

    def _judge_lids(self, made: Tensor, true: Tensor) -> float | None:
        """Return in which part of the pictures the lids are right.

        The eyes are nearer to shut ones or to open ones.
        """
        shut = torch.from_numpy(self._shut)
        if int(shut.sum()) < 2 or int((~shut).sum()) < 2:
            return None
        looks, wanted = made[..., self._eyes].flatten(1), true[..., self._eyes].flatten(1)
        to_shut = (looks - wanted[shut].mean(0)).abs().mean(1)
        to_open = (looks - wanted[~shut].mean(0)).abs().mean(1)
        right = ((to_shut < to_open) == shut).float()
        # Shut lids are few: they count as much as all open ones together.
        return float((right[shut].mean() + right[~shut].mean()) / 2)


def _find_shut(material: Material) -> NDArray[np.bool_]:
    """Return in which pictures (k,) both eyes are shut, by the mesh."""
    ratios = np.array(
        [[opening_ratio(points, four) for four in (RIGHT_EYE_OPENING, LEFT_EYE_OPENING)] for points in material.points]
    )
    return np.asarray((ratios / np.maximum(np.percentile(ratios, 80, axis=0), 1e-3)).max(1) < _SHUT)


def _mean(apart: Tensor, weights: Tensor) -> float:
    return float((apart.abs() * weights).sum() / (3 * weights.sum()).clamp_min(1e-6))


def _correlate(a: Tensor, b: Tensor) -> float:
    length = float(a.norm() * b.norm())
    return float((a * b).sum()) / length if length > 0 else 0.0


def _edges(faces: Tensor, where: Tensor) -> float:
    """Return the mean step between neighbours at eyes, brows and lips."""
    across = (faces[..., :, 1:] - faces[..., :, :-1]).abs()[..., where[:, 1:]].mean()
    down = (faces[..., 1:, :] - faces[..., :-1, :]).abs()[..., where[1:, :]].mean()
    return float(across + down)
