"""The outline network: a crop in, a logit and a map of the seam out.

It takes 0.17 G multiply-adds.
"""

import warnings
from pathlib import Path

import torch
from torch import Tensor, nn

from engines.detect.outline import MAP_PX
from engines.face.crop import CROP_PX
from training.face.export import OPSET, write_halved
from training.face.mesh_net import Residual, conv

CHANNELS = (16, 24, 48, 96)


class OutlineNet(nn.Module):
    """Full resolution first, where a seam is a pixel wide."""

    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = CHANNELS
        self.trunk = nn.Sequential(
            conv(3, a),
            conv(a, b, stride=2),
            Residual(b),
            conv(b, c, stride=2),
            Residual(c),
            conv(c, d, stride=2),
            Residual(d),
            nn.Dropout2d(0.1),
        )
        self.map = nn.Conv2d(d, 1, 1)
        self.judge = nn.Linear(2 * d + 1, 1)

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (n, 1) and map logits (n, 1, 16, 16).

        Crops are (n, 3, 128, 128), 0..255.
        """
        features = self.trunk(crops / 64 - 2)
        where = self.map(features)
        pooled = torch.cat([features.mean((2, 3)), features.amax((2, 3)), where.amax((2, 3))], 1)
        return self.judge(pooled), where


class DeployedOutline(nn.Module):
    """The network with its map as probabilities."""

    def __init__(self, net: OutlineNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, crops: Tensor) -> tuple[Tensor, Tensor]:
        """Return logits (n, 1) and maps (n, 1, 16, 16), 0..1."""
        logit, where = self.net(crops)
        return logit, where.sigmoid()


def export(net: OutlineNet, out: Path) -> None:
    """Write the network as ONNX: float32 in and out, large weights as float16."""
    write_halved(lambda part: _to_onnx(net, part), out)


def _to_onnx(net: OutlineNet, out: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            DeployedOutline(net).eval(),
            (torch.zeros(1, 3, CROP_PX, CROP_PX),),
            str(out),
            input_names=["crop"],
            output_names=["logit", "map"],
            opset_version=OPSET,
            dynamo=False,
        )


assert MAP_PX * 8 == CROP_PX
