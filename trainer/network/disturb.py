"""Disturb input faces: warps, light, blur and noise.

So the network learns what a face does, not how it is lit.
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

_WARP: Final = 0.035
"""Standard deviation of the 5 x 5 nodes, in half sides: 1.7 % of the width."""
_TURN: Final = 0.02
_GAMMA, _GAIN, _TINT, _SHADE, _NOISE = 0.15, 0.06, 0.04, 0.08, 0.015
_GREY: Final = 0.1


class Disturber:
    """Random changes of pictures (k, 3, n, n), 1 is plain skin.

    The same seed gives the same changes.
    """

    def __init__(self, seed: int) -> None:
        self._chance = Generator().manual_seed(seed)

    def state(self) -> Tensor:
        """Return where the chance is."""
        return self._chance.get_state()

    def restore(self, state: Tensor) -> None:
        """Go back to a state of the chance."""
        self._chance.set_state(state)

    def _normal(self, *shape: int) -> Tensor:
        return torch.randn(shape, generator=self._chance)

    def apply(self, faces: Tensor) -> Tensor:
        """Return disturbed faces; newly allocated."""
        count, side = len(faces), faces.shape[-1]
        x = F.grid_sample(faces, self._grid(count, side), padding_mode="border", align_corners=False)
        x = x.clamp_min(1e-3) ** torch.exp(_GAMMA * self._normal(count, 1, 1, 1))
        x = x * torch.exp(_GAIN * self._normal(count, 1, 1, 1) + _TINT * self._normal(count, 3, 1, 1))
        shade = F.interpolate(_SHADE * self._normal(count, 1, 3, 3), (side, side), mode="bilinear", align_corners=True)
        x = self._some_grey(self._some_blurred(x * torch.exp(shade)))
        return x + _NOISE * self._normal(*x.shape)

    def _grid(self, count: int, side: int) -> Tensor:
        nodes = _WARP * self._normal(count, 2, 5, 5)
        bend = F.interpolate(nodes, (side, side), mode="bicubic", align_corners=True).permute(0, 2, 3, 1)
        turn = _TURN * self._normal(count, 2, 3)
        turn[:, 0, 0] += 1
        turn[:, 1, 1] += 1
        return F.affine_grid(turn, [count, 3, side, side], align_corners=False) + bend

    def _some_blurred(self, x: Tensor) -> Tensor:
        which = int(torch.randint(3, (1,), generator=self._chance))
        if which == 0:
            return x
        if which == 1:
            return F.avg_pool2d(x, 3, 1, 1, count_include_pad=False)
        return F.interpolate(F.avg_pool2d(x, 2), x.shape[-2:], mode="bilinear", align_corners=False)

    def _some_grey(self, x: Tensor) -> Tensor:
        grey = (torch.rand(len(x), 1, 1, 1, generator=self._chance) < _GREY).float()
        return x + grey * (x.mean(1, keepdim=True) - x)
