"""The face detector: a small convolutional network with three heads.

The heads have strides 8, 16 and 32. Every cell predicts the probability that a face is centred there, the distances
to the sides of its box, and its five points. All are in units of the stride and relative to the cell's centre,
`((column + 0.5) * stride, (row + 0.5) * stride)`.
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from engines.face.detector import STRIDES

STEM, WIDTHS, DEPTHS, NECK = 16, (24, 48, 96, 160), (1, 2, 3, 2), 48
SCORE_PRIOR = -4.6
"""Score bias before training: a hundredth of the cells."""


def add_norm(conv: nn.Conv2d, active: bool = True) -> nn.Sequential:
    """Return a convolution with batch norm, and a ReLU if `active`."""
    layers: list[nn.Module] = [conv, nn.BatchNorm2d(conv.out_channels)]
    return nn.Sequential(*layers, nn.ReLU(inplace=True)) if active else nn.Sequential(*layers)


class Separable(nn.Module):
    """Depthwise 3x3, then pointwise; the input is added where the shapes agree."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__()
        self.spatial = add_norm(nn.Conv2d(inputs, inputs, 3, stride, 1, groups=inputs, bias=False))
        self.channels = add_norm(nn.Conv2d(inputs, outputs, 1, bias=False), active=False)
        self.keeps = stride == 1 and inputs == outputs

    def forward(self, x: Tensor) -> Tensor:
        """Refine features (n, c, h, w)."""
        y = self.channels(self.spatial(x))
        return functional.relu(y + x if self.keeps else y)


def stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    """Return a stage that halves the picture, with `depth` blocks at the new size."""
    return nn.Sequential(Separable(inputs, outputs, 2), *(Separable(outputs, outputs) for _ in range(depth)))


class Head(nn.Module):
    """Score, box and points of one level."""

    def __init__(self) -> None:
        super().__init__()
        self.tower = Separable(NECK, NECK)
        self.score = nn.Conv2d(NECK, 1, 1)
        self.box = nn.Conv2d(NECK, 4, 1)
        self.points = nn.Conv2d(NECK, 10, 1)
        nn.init.constant_(self.score.bias, SCORE_PRIOR)  # type: ignore[arg-type]
        nn.init.constant_(self.box.bias, 0.7)  # type: ignore[arg-type]

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return logits, distances >= 0 and offsets."""
        y = self.tower(x)
        return self.score(y), torch.exp(self.box(y).clamp(-4, 4)), self.points(y)


class DetectorNet(nn.Module):
    """Detects faces in a picture (n, 3, H, W) float32 BGR 0..255.

    It returns score logits, boxes and points per stride, flat in that order.
    """

    def __init__(self) -> None:
        super().__init__()
        self.scale = 1 / 255
        self.stem = add_norm(nn.Conv2d(3, STEM, 3, 2, 1, bias=False))
        widths = (STEM, *WIDTHS)
        self.stages = nn.ModuleList(stage(widths[i], widths[i + 1], DEPTHS[i]) for i in range(4))
        self.laterals = nn.ModuleList(add_norm(nn.Conv2d(c, NECK, 1, bias=False), active=False) for c in WIDTHS[1:])
        self.smooth = nn.ModuleList(Separable(NECK, NECK) for _ in STRIDES[:-1])
        self.heads = nn.ModuleList(Head() for _ in STRIDES)

    def forward(self, picture: Tensor) -> tuple[Tensor, ...]:
        """Process pictures with sides that are multiples of 32."""
        x = self.stem(picture if self.scale == 1 else picture * self.scale)
        levels = []
        for block in self.stages:
            x = block(x)
            levels.append(x)
        features = [lateral(level) for lateral, level in zip(self.laterals, levels[1:], strict=True)]
        for i in (1, 0):
            above = functional.interpolate(features[i + 1], scale_factor=2.0, mode="nearest")
            features[i] = self.smooth[i](features[i] + above)
        outputs = [head(f) for head, f in zip(self.heads, features, strict=True)]
        return tuple(out for level in outputs for out in level)


class DeployedDetector(nn.Module):
    """The network as it is shipped.

    It has scores instead of logits, and the input's scale folded into the first weights.
    """

    def __init__(self, net: DetectorNet) -> None:
        super().__init__()
        self.net = net.eval()
        with torch.no_grad():
            net.stem[0].weight *= net.scale  # type: ignore[operator]
        net.scale = 1

    def forward(self, frame: Tensor) -> tuple[Tensor, ...]:
        """Process one picture; return score 0..1, box and points of each stride."""
        out = self.net(frame)
        return tuple(o.sigmoid() if i % 3 == 0 else o for i, o in enumerate(out))


def export(net: DetectorNet, file: Path) -> None:
    """Write a trained network as ONNX, opset 17.

    This changes `net`, as its input scale is folded in.
    """
    names = [f"{kind}_{stride}" for stride in STRIDES for kind in ("score", "box", "points")]
    torch.onnx.export(
        DeployedDetector(net),
        (torch.zeros(1, 3, 384, 640),),
        str(file),
        input_names=["frame"],
        output_names=names,
        dynamic_axes={"frame": {2: "height", 3: "width"}},
        opset_version=17,
        dynamo=False,
    )
