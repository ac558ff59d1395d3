"""Judge textures by held-out pictures of the persona."""

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.video.atlas.detail import GAIN
from livecam.video.atlas.openings import measure_open
from livecam.video.atlas.unroll import atlas_of
from trainer.basis import texel_weights
from trainer.faces import Faces
from trainer.linear import LinearModel
from trainer.material import Material
from trainer.scores import Scores

Floats = NDArray[np.float32]
_MOST: Final = 120
_SHUT: Final = 0.5
"""Lids are shut where the wider eye is drawn more than half closed; what is in between does not count."""


class Judge:
    """Held-out pictures and what is measured on them.

    Args:
        material: The pictures.
        faces: The same, ready for learning.
        linear: The model that the others have to beat.

    Attributes:
        which: (k,) the pictures that are judged by, spread over all.
        linear: Scores of the linear model.
    """

    def __init__(self, material: Material, faces: Faces, linear: LinearModel) -> None:
        self.which = np.linspace(0, len(faces) - 1, min(len(faces), _MOST)).astype(np.intp)
        atlas, weights = atlas_of(material.side_px), texel_weights(material.side_px)
        self._true: Floats = np.asarray(faces.detail[self.which] / np.float32(GAIN), np.float32)
        self._weights: Floats = faces.trust[self.which][:, None] * (weights * (atlas.openings == 0) / np.float32(255))
        self._calm, self._eyes, self._fine = faces.calm, atlas.openings >= 2, weights > 1.5
        self._wider = np.array([max(measure_open(points)[1:]) for points in material.points[self.which]], np.float32)
        self.linear = self._score(linear.draw(material.shapes[self.which]).transpose(0, 3, 1, 2), 0.0)

    def judge(self, made: Floats) -> Scores:
        """Return what held-out pictures say about textures (k, 3, n, n).

        There is one for each of `which`.
        """
        return self._score(made, self.linear.error)

    def judge_each(self, made: Iterable[Floats]) -> Scores:
        """Return the same for textures (n, n, 3) one after the other."""
        return self.judge(np.array([one.transpose(2, 0, 1) for one in made], np.float32))

    def _score(self, made: Floats, linear: float) -> Scores:
        changed, change = (made - self._calm) * self._weights, (self._true - self._calm) * self._weights
        return Scores(
            error=_mean(made - self._true, self._weights),
            photo=_mean(self._calm - self._true, self._weights),
            linear=linear,
            follows=_correlate(changed, change),
            lids=self._judge_lids(made),
            sharpness=_edges(made, self._fine) / max(_edges(self._true, self._fine), 1e-6),
        )

    def _judge_lids(self, made: Floats) -> float | None:
        """Return in which part of the pictures the lids are right.

        The eyes are nearer to shut ones or to open ones.
        """
        shut, is_open = self._wider < _SHUT, self._wider >= 1
        if shut.sum() < 2 or is_open.sum() < 2:
            return None
        looks, wanted = made[..., self._eyes], self._true[..., self._eyes]
        to_shut, to_open = (np.abs(looks - wanted[state].mean(0)).mean((1, 2)) for state in (shut, is_open))
        # Shut lids are few: they count as much as all open ones together.
        return float(((to_shut < to_open)[shut].mean() + (to_open < to_shut)[is_open].mean()) / 2)


def _mean(apart: Floats, weights: Floats) -> float:
    return float((np.abs(apart) * weights).sum() / max(3 * float(weights.sum()), 1e-6))


def _correlate(a: Floats, b: Floats) -> float:
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float((a * b).sum()) / length if length > 0 else 0.0


def _edges(faces: Floats, where: NDArray[np.bool_]) -> float:
    """Return the mean step between neighbours at eyes, brows and lips."""
    across = np.abs(faces[..., :, 1:] - faces[..., :, :-1])[..., where[:, 1:]].mean()
    down = np.abs(faces[..., 1:, :] - faces[..., :-1, :])[..., where[1:, :]].mean()
    return float(across + down)
