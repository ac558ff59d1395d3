"""A segmentation network that learns in a minute.

A fixed pyramid of averages, then layers over single pixels.

It sees each pixel with its surroundings at six scales, with its place in the upright square, and with how far its
colour is from the face's, from that above the forehead, from the room's corners and from that below the chin.
"""

import torch
from torch import Tensor, nn

from engines.segment.square import INPUT_PX, OUTPUT_PX
from training.segment.samples import CLASSES

SCALES = (1, 2, 4, 8, 16, 32)
LAYERS = (64, 48)
_TINY = 1e-4


def _discs(size_px: int) -> Tensor:
    """Return soft windows (5, n, n).

    Both upper corners, above the forehead, and left and right of the chin.
    """
    rows, columns = torch.meshgrid(*(torch.linspace(-1, 1, size_px),) * 2, indexing="ij")
    middles = ((-0.8, -0.8, 0.25), (-0.8, 0.8, 0.25), (-0.55, 0.0, 0.13), (0.75, -0.35, 0.2), (0.75, 0.35, 0.2))
    discs = [torch.exp(-((rows - y) ** 2 + (columns - x) ** 2) / width**2) for y, x, width in middles]
    return torch.stack([disc / disc.sum() for disc in discs])


class PyramidFeatures(nn.Module):
    """What is known of each pixel (n, k, 64, 64) of the input (n, 5, 128, 128).

    Nothing in it is learned.
    """

    windows: Tensor
    place: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("windows", _discs(OUTPUT_PX))
        rows, columns = torch.meshgrid(*(torch.linspace(-1, 1, OUTPUT_PX),) * 2, indexing="ij")
        radius = torch.sqrt(rows**2 + columns**2)
        self.register_buffer("place", torch.stack([columns, columns.abs(), rows, columns**2, rows**2, radius])[None])

    def forward(self, seen: Tensor) -> Tensor:
        """Return the features."""
        base = nn.functional.avg_pool2d(seen / 255.0, INPUT_PX // OUTPUT_PX)
        planes = [base]
        for scale in SCALES[1:]:
            planes.append(_spread(nn.functional.avg_pool2d(base, scale)))
        colours, oval = base[:, :3], base[:, 4:5]
        face = (colours * oval).sum((2, 3), keepdim=True) / (oval.sum((2, 3), keepdim=True) + _TINY)
        known = [face] + [(colours * window).sum((2, 3), keepdim=True) for window in self.windows]
        for colour in known:
            away = colours - colour
            planes += [away.abs(), (away * away).sum(1, keepdim=True).sqrt()]
        grey = colours.mean(1, keepdim=True)
        for scale in (2, 4, 8):
            mean, square = (nn.functional.avg_pool2d(v, scale) for v in (grey, grey * grey))
            planes.append(_spread((square - mean * mean).clamp(min=0).add(_TINY).sqrt()))
        planes.append(self.place.expand(seen.shape[0], -1, -1, -1))
        return torch.cat(planes, 1)


def _spread(small: Tensor) -> Tensor:
    return nn.functional.interpolate(small, size=(OUTPUT_PX, OUTPUT_PX), mode="bilinear", align_corners=False)


class PixelNet(nn.Module):
    """The learned layers: features (n, k, h, w) in, logits (n, 6, h, w) out."""

    def __init__(self, features: int) -> None:
        super().__init__()
        first, second = LAYERS
        self.norm = nn.BatchNorm2d(features)
        self.layers = nn.Sequential(
            nn.Conv2d(features, first, 1), nn.ReLU(), nn.Conv2d(first, second, 1), nn.ReLU(),
            nn.Conv2d(second, second, 1), nn.ReLU(), nn.Conv2d(second, CLASSES, 1),
        )  # fmt: skip

    def forward(self, features: Tensor) -> Tensor:
        """Return the logits of the classes."""
        return torch.Tensor(self.layers(self.norm(features)))


class DeployedPixel(nn.Module):
    """The network as it is shipped: shares instead of logits."""

    def __init__(self, features: PyramidFeatures, net: PixelNet) -> None:
        super().__init__()
        self.features, self.net = features, net

    def forward(self, seen: Tensor) -> Tensor:
        """Return the share of each class, summing to one."""
        return torch.softmax(self.net(self.features(seen)), 1)
