"""The network: one encoder for everybody.

A decoder for the persona that begins with the mean face and its variations.

All convolutions work on the picture folded 4 x 4, so 160 px are 40 x 40 with 48 channels: wide, small maps are what
processors are fast at. Nothing works at full resolution.
"""

from dataclasses import dataclass
from typing import Any, Final

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from trainer.network.fixed import RecallLayer

FOLD: Final = 4
BOUND: Final = 4.0
"""Amounts of the variations are bent towards this: on an expression never seen the linear head would overshoot."""
_SLOPE: Final = 0.1


@dataclass(frozen=True, slots=True)
class NetConfig:
    """Sizes of a network.

    Attributes:
        side_px: Side of the atlas, a multiple of 16.
        width: Channels of the last convolutions.
        code: Channels of the code, at a sixteenth of the size.
        numbers: Count of the mesh's numbers.
        own: Count of variations of the persona's face.
    """

    side_px: int = 160
    width: int = 80
    code: int = 48
    numbers: int = 33
    own: int = 32

    @property
    def code_size(self) -> int:
        """Count of numbers in a code."""
        return self.code * (self.side_px // (4 * FOLD)) ** 2


def _bent(x: Tensor) -> Tensor:
    return F.leaky_relu(x, _SLOPE, inplace=True)


def _twice(x: Tensor) -> Tensor:
    return F.interpolate(x, scale_factor=2, mode="nearest")


class Encoder(nn.Module):
    """A face in the atlas, less the person's own calm face, as a code."""

    def __init__(self, config: NetConfig) -> None:
        super().__init__()
        wide = (config.width + 16, 128, 128)
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(3 * FOLD**2, wide[0], 3, 1, 1),
                nn.Conv2d(wide[0], wide[1], 3, 2, 1),
                nn.Conv2d(wide[1], wide[2], 3, 2, 1),
            ]
        )
        self.last = nn.Conv2d(wide[2], config.code, 1)

    def forward(self, change: Tensor) -> Tensor:
        """Return the code (k, code, n/16, n/16) of (k, 3, n, n)."""
        x = F.pixel_unshuffle(change, FOLD).contiguous(memory_format=torch.channels_last)
        for layer in self.layers:
            x = _bent(layer(x))
        return self.last(x)


class Decoder(nn.Module):
    """The persona's face from a code.

    Mean, variations in bent amounts, and what small convolutions add.

    Args:
        config: Sizes.
        mean: (1, 3, n, n) the persona's mean face.
        basis: (own, 3 n n) its variations, fixed.
    """

    def __init__(self, config: NetConfig, mean: Tensor, basis: Tensor) -> None:
        super().__init__()
        w, z = config.width, config.code
        self.layers = nn.ModuleList(
            [
                nn.Conv2d(z, 128, 3, 1, 1),
                nn.Conv2d(128, 128, 3, 1, 1),
                nn.Conv2d(128, 128, 3, 1, 1),
                nn.Conv2d(128, w, 1),
                nn.Conv2d(w, w, 3, 1, 1),
            ]
        )
        self.last = nn.Conv2d(w, 3 * FOLD**2, 3, 1, 1)
        self.amounts = nn.Linear(config.code_size, config.own)
        self.mean = nn.Parameter(mean.clone())
        self.register_buffer("basis", basis.clone())
        for layer in (self.last, self.amounts):
            nn.init.normal_(layer.weight, 0, 1e-3)
            nn.init.zeros_(layer.bias)

    def forward(self, code: Tensor, recalled: Tensor) -> tuple[Tensor, Tensor]:
        """Return the face (k, 3, n, n) and the amounts of its variations (k, own).

        They are what was recalled, and more.
        """
        amounts = recalled + BOUND * torch.tanh(self.amounts(code.flatten(1)).float() / BOUND)
        with torch.autocast("cpu", enabled=False):
            varied = (amounts @ self.basis).view(-1, *self.mean.shape[1:])
        x = _bent(self.layers[0](code))
        x = _bent(self.layers[1](_twice(x)))
        x = x + _bent(self.layers[2](x))
        # Narrowed before it grows: at the larger size every channel costs four times as much.
        x = _twice(_bent(self.layers[3](x)))
        x = x + _bent(self.layers[4](x))
        return self.mean + varied + F.pixel_shuffle(self.last(x), FOLD).float(), amounts


class SwapNet(nn.Module):
    """Encoder, decoder and the head that keeps the code the same for everybody.

    The operator has no decoder: half the cost.

    Args:
        config: Sizes.
        mean: (1, 3, n, n) the persona's mean face.
        basis: (own, 3 n n) its variations, fixed.
        recall: Gives their amounts by likeness to pictures seen, fixed.
    """

    def __init__(self, config: NetConfig, mean: Tensor, basis: Tensor, recall: RecallLayer) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.decoder = Decoder(config, mean, basis)
        self.recall = recall
        self.of_mesh = nn.Sequential(
            nn.Linear(config.numbers, 64), nn.LeakyReLU(_SLOPE), nn.Linear(64, config.code_size)
        )
        self.numbers = nn.Linear(config.code_size, config.numbers)
        nn.init.normal_(self.numbers.weight, 0, 1e-3)
        nn.init.zeros_(self.numbers.bias)

    def join(self, code: Tensor, numbers: Tensor, keep_code: Any = 1.0, keep_mesh: Any = 1.0) -> Tensor:
        """Return the code with the mesh's part added.

        Either may be left out while learning.
        """
        return code * keep_code + self.of_mesh(numbers * keep_mesh).view_as(code)

    def forward(self, change: Tensor, numbers: Tensor) -> Tensor:
        """Return the persona's face (k, 3, n, n).

        `change` is what a live face does on top of its calm one.
        """
        return self.decoder(self.join(self.encoder(change), numbers), self.recall(numbers))[0]
