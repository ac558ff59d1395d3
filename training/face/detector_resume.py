"""Load the weights of a shipped detector into the network that is trained.

Batch norms were folded into the convolutions when it was written. They are restored with the mean and spread of the
features on training pictures. So the network answers as the file does, and training continues from there.
"""

from collections.abc import Callable
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from training.face.detector_net import DetectorNet


def convolutions(file: Path) -> list[tuple[Tensor, Tensor]]:
    """Return weights and biases of a written detector, in order of use."""
    graph = onnx.load(file).graph
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    return [(stored[n.input[1]], stored[n.input[2]]) for n in graph.node if n.op_type == "Conv"]


def restore(net: DetectorNet, file: Path, pictures: Tensor) -> None:
    """Load the weights of a written network into a new one.

    `pictures` (n, 3, h, w) float32 measure the features.

    Raises:
        ValueError: The file holds another network.
    """
    written = convolutions(file)
    followers = _norms(net)
    restored: list[nn.Conv2d] = []

    def take(conv: nn.Conv2d) -> Callable[..., None]:
        def before(*_: object) -> None:
            weight, bias = written[len(restored)]
            restored.append(conv)
            if weight.shape != conv.weight.shape:
                raise ValueError(f"{file} holds another network")
            conv.weight.data.copy_(weight / net.scale if conv is net.stem[0] else weight)
            if conv.bias is not None:
                conv.bias.data.copy_(bias)

        return before

    def measure(conv: nn.Conv2d) -> Callable[..., None]:
        def after(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            norm, bias = followers[conv], written[len(restored) - 1][1]
            norm.running_mean = output.mean((0, 2, 3))
            norm.running_var = output.var((0, 2, 3))
            norm.weight.data.copy_(torch.sqrt(norm.running_var + norm.eps))
            norm.bias.data.copy_(bias + norm.running_mean)

        return after

    convs = [module for module in net.modules() if isinstance(module, nn.Conv2d)]
    hooks = [conv.register_forward_pre_hook(take(conv)) for conv in convs]
    hooks += [conv.register_forward_hook(measure(conv)) for conv in convs if conv in followers]
    net.eval()
    with torch.no_grad():
        net(pictures)
    for hook in hooks:
        hook.remove()
    if len(restored) != len(written):
        raise ValueError(f"{file} holds another network")


def _norms(net: DetectorNet) -> dict[nn.Conv2d, nn.BatchNorm2d]:
    """Return the batch norm after each convolution that has one."""
    followers: dict[nn.Conv2d, nn.BatchNorm2d] = {}
    for module in net.modules():
        if isinstance(module, nn.Sequential) and len(module) > 1:
            conv, norm = module[0], module[1]
            if isinstance(conv, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                followers[conv] = norm
    return followers
