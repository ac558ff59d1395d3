"""The network that refines a drawn face.

128 px in, 128 px out, 0.13 G multiplications.
"""

import torch.nn.functional as functional
from torch import Tensor, nn

from livecam.core.refinement import PLANE_COUNT

WIDTHS = (16, 32, 64)


class Residual(nn.Module):
    """Two convolutions around which the input passes."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv2d(width, width, 3, 1, 1), nn.Conv2d(width, width, 3, 1, 1)

    def forward(self, seen: Tensor) -> Tensor:
        """Return (n, width, h, w)."""
        return functional.relu(seen + self.second(functional.relu(self.first(seen))))


class RefineNet(nn.Module):
    """A small encoder and decoder at a half, a quarter and an eighth of the side.

    It starts as one that changes nothing.
    """

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = WIDTHS
        self.enter = nn.Conv2d(PLANE_COUNT, fine, 6, 2, 2)
        self.fine_in, self.fine_out = Residual(fine), Residual(fine)
        self.shrink = nn.Conv2d(fine, middle, 3, 2, 1)
        self.middle_in, self.middle_out = Residual(middle), Residual(middle)
        self.shrink_again = nn.Conv2d(middle, coarse, 3, 2, 1)
        self.coarse = nn.Sequential(Residual(coarse), Residual(coarse))
        self.to_middle, self.to_fine = nn.Conv2d(coarse, middle, 1), nn.Conv2d(middle, fine, 1)
        self.leave = nn.Conv2d(fine, 12, 3, 1, 1)
        nn.init.zeros_(self.leave.weight)
        assert self.leave.bias is not None
        nn.init.zeros_(self.leave.bias)

    def forward(self, planes: Tensor) -> Tensor:
        """Return what to add to the colours, (n, 3, 128, 128).

        Planes are (n, 10, 128, 128).
        """
        fine = self.fine_in(functional.relu(self.enter(planes)))
        middle = self.middle_in(functional.relu(self.shrink(fine)))
        seen = self.coarse(functional.relu(self.shrink_again(middle)))
        seen = self.middle_out(middle + functional.interpolate(self.to_middle(seen), scale_factor=2.0))
        seen = self.fine_out(fine + functional.interpolate(self.to_fine(seen), scale_factor=2.0))
        return functional.pixel_shuffle(self.leave(seen), 2)
