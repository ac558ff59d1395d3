"""The mesh network.

A 128 px crop goes in; 468 points, a presence score and a 32 x 32 map of what covers the face come out.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engines.face.crop import CROP_PX

LANDMARKS = 468
MAP_PX = 32


@dataclass(frozen=True, slots=True)
class MeshNetSize:
    """Sizes of the network.

    Channels per stage (64 to 4 px), blocks per stage from 32 px on, features of 4 and 8 px, shape directions.
    """

    channels: tuple[int, int, int, int, int] = (16, 24, 64, 128, 128)
    blocks: tuple[int, int, int, int] = (1, 1, 1, 1)
    squeezed: int = 64
    details: int = 24
    directions: int = 160


def conv(inputs: int, outputs: int, kernel: int = 3, stride: int = 1) -> nn.Sequential:
    """Return a convolution with batch norm and ReLU."""
    layer = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(layer, nn.BatchNorm2d(outputs), nn.ReLU(inplace=True))


class Residual(nn.Module):
    """Two 3 x 3 convolutions around a shortcut."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = conv(channels, channels)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, 1, 1, bias=False), nn.BatchNorm2d(channels))

    def forward(self, x: Tensor) -> Tensor:
        """Refine features (n, channels, h, w)."""
        return torch.relu(x + self.second(self.first(x)))


def stage(inputs: int, outputs: int, blocks: int) -> nn.Sequential:
    """Return a stage that halves the picture, then refines it."""
    return nn.Sequential(conv(inputs, outputs, 3, 2), *(Residual(outputs) for _ in range(blocks)))


class MeshNet(nn.Module):
    """Regresses the mesh as a mean shape plus learned shape directions.

    It decodes the cover map from three scales.
    """

    def __init__(self, size: MeshNetSize | None = None) -> None:
        super().__init__()
        size = size or MeshNetSize()
        c = size.channels
        self.stem = conv(3, c[0], 5, 2)
        self.stages = nn.ModuleList(stage(c[i], c[i + 1], size.blocks[i]) for i in range(4))
        self.squeeze = nn.Sequential(conv(c[4], size.squeezed, 1), nn.Flatten())
        self.detail = nn.Sequential(conv(c[3], size.details, 1), nn.Flatten())
        features = size.squeezed * (CROP_PX // 32) ** 2 + size.details * (CROP_PX // 16) ** 2
        self.coefficients = nn.Linear(features, size.directions)
        self.shape = nn.Linear(size.directions, LANDMARKS * 3)
        self.presence = nn.Linear(features, 1)
        self.map_sides = nn.ModuleList(nn.Conv2d(c[i], 16, 1) for i in (1, 2, 3))
        self.map_head = nn.Sequential(conv(16, 16), nn.Conv2d(16, 1, 3, 1, 1))

    def start_from(self, mean: NDArray[np.float32], directions: NDArray[np.float32]) -> None:
        """Set the last layer to a mean shape (1404,) and directions (k, 1404).

        Both are in units of half a crop.
        """
        with torch.no_grad():
            self.shape.bias.copy_(torch.from_numpy(mean))
            self.shape.weight.copy_(torch.from_numpy(np.ascontiguousarray(directions.T)))

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Process crops (n, 3, 128, 128), BGR 0..255.

        Returns:
            Points (n, 468, 3) in crop pixels, and logits: presence (n, 1), cover (n, 1, 32, 32).
        """
        x = self.stem(crop / 127.5 - 1.0)
        scales = []
        for layer in self.stages:
            x = layer(x)
            scales.append(x)
        features = torch.cat([self.squeeze(x), self.detail(scales[2])], 1)
        middle = (CROP_PX - 1) / 2
        offsets = self.shape(self.coefficients(features)).reshape(-1, LANDMARKS, 3) * (CROP_PX / 2)
        points = offsets + torch.tensor([middle, middle, 0.0], dtype=crop.dtype)
        return points, self.presence(features), self.cover(scales)

    def cover(self, scales: list[Tensor]) -> Tensor:
        """Merge features of 32, 16 and 8 px into cover logits (n, 1, 32, 32)."""
        merged = self.map_sides[2](scales[2])
        for i in (1, 0):
            merged = nn.functional.interpolate(merged, scale_factor=2.0, mode="nearest") + self.map_sides[i](scales[i])
        return torch.Tensor(self.map_head(torch.relu(merged)))


class DeployedMesh(nn.Module):
    """The network as it is shipped: scores as probabilities."""

    def __init__(self, net: MeshNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, crop: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Process one crop; return points in crop pixels, presence and cover in 0..1."""
        points, presence, cover = self.net(crop)
        return points, torch.sigmoid(presence), torch.sigmoid(cover)
