"""A person's pictures as tensors, and how often each is drawn."""

from typing import Final

import torch
from torch import Tensor

from livecam.video.atlas.detail import GAIN
from trainer.faces import Faces

_LEAST_SPREAD: Final = 0.1
_NEIGHBOURS: Final = 6
_ODDS: Final = (0.6, 4.0)


class Pictures:
    """One person's pictures, as bytes until they are asked for.

    Attributes:
        calm: (1, 3, n, n) the calm face.
    """

    def __init__(self, faces: Faces) -> None:
        self.calm = torch.from_numpy(faces.calm)[None].float()
        self._detail, self._trust = torch.from_numpy(faces.detail), torch.from_numpy(faces.trust)
        self._numbers = torch.from_numpy(faces.numbers)

    def __len__(self) -> int:
        return len(self._detail)

    def take(self, which: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return some faces (k, 3, n, n), their trust and numbers (k, count)."""
        return (
            self._detail[which].float() / GAIN,
            self._trust[which].float()[:, None] / 255,
            self._numbers[which],
        )


def find_odds(faces: Faces) -> Tensor:
    """Return how often each picture is to be drawn (k,), mean 1.

    Rare expressions are drawn more often than their share.
    """
    numbers = torch.from_numpy(faces.numbers)
    placed = numbers / (numbers.std(0) + _LEAST_SPREAD)
    apart = torch.cdist(placed, placed)
    near = apart.sort(1).values[:, min(_NEIGHBOURS, len(faces) - 1)]
    odds = (near / near.median().clamp_min(1e-6)).clamp(*_ODDS)
    return odds / odds.mean()
