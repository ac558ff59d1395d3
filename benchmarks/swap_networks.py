"""Swap networks of true size with random weights: `python -m benchmarks.swap_networks inswapper OUT.onnx`."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

Stages = Sequence[tuple[int, int, int]]
SIZES: dict[str, Stages] = {
    "inswapper": ((64, 512, 5), (32, 1024, 13)),
    "student": ((64, 24, 8), (32, 48, 2), (16, 96, 3)),
    "tiny": ((32, 24, 4), (16, 32, 4)),
}
"""Side in pixels, channels and convolutions of each stage: as large as inswapper_128 (138 M weights and 175 G MAC, by
InsightFace), as small as MobileFaceSwap (0.5 M and 0.33, arXiv 2201.03808), and one to try things with. Both sources
write FLOP and count a multiplication with its addition (MAC) once."""
SIDE_PX = 128


def write_network(path: Path, stages: Stages, side: int = SIDE_PX) -> int:
    """A network of livecam's contract with random weights; how many it has."""
    net = _Network()
    last, channels, at = "face", 3, side
    for number, (stage_side, wide, count) in enumerate(stages):
        last = net.conv(f"down{number}", last, (channels, wide), at // stage_side, at // stage_side)
        channels, at = wide, stage_side
        for inner in range(count):
            last = net.residual(f"c{number}_{inner}", last, wide)
    up = side // at
    last = net.conv("out", last, (channels, 3 * up * up), 3, 1)
    net.finish(last, up)
    picture = [helper.make_tensor_value_info(n, TensorProto.FLOAT, (1, 3, side, side)) for n in ("face", "texture")]
    graph = helper.make_graph(net.nodes, "measured", picture[:1], picture[1:], net.weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return sum(int(np.prod(weight.dims)) for weight in net.weights)


def giga_macs(stages: Stages, side: int = SIDE_PX) -> float:
    """Multiplications, each with its addition, of a pass, in thousands of millions."""
    total, channels, at = 0, 3, side
    for stage_side, wide, count in stages:
        kernel = at // stage_side
        total += stage_side**2 * (kernel**2 * channels * wide + count * 9 * wide**2)
        channels, at = wide, stage_side
    return (total + at**2 * 9 * channels * 3 * (side // at) ** 2) / 1e9


def weights_of(stages: Stages, side: int = SIDE_PX) -> int:
    """How many weights there are."""
    total, channels, at = 0, 3, side
    for stage_side, wide, count in stages:
        total += (at // stage_side) ** 2 * channels * wide + count * 9 * wide**2
        channels, at = wide, stage_side
    return total + 9 * channels * 3 * (side // at) ** 2


class _Network:
    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights = [numpy_helper.from_array(np.float32([0.5]), "half")]
        self._rng = np.random.default_rng(1)

    def conv(self, name: str, source: str, channels: tuple[int, int], kernel: int, stride: int) -> str:
        scale = np.sqrt(2 / (channels[0] * kernel * kernel))
        values = self._rng.normal(0, scale, (channels[1], channels[0], kernel, kernel)).astype(np.float32)
        self.weights.append(numpy_helper.from_array(values, f"{name}.w"))
        pads = [(kernel - 1) // 2 if stride == 1 else 0] * 4
        shape = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": pads}
        self.nodes.append(helper.make_node("Conv", [source, f"{name}.w"], [name], **shape))
        self.nodes.append(helper.make_node("Relu", [name], [f"{name}.r"]))
        return f"{name}.r"

    def residual(self, name: str, source: str, wide: int) -> str:
        made = self.conv(name, source, (wide, wide), 3, 1)
        self.nodes.append(helper.make_node("Add", [made, source], [f"{name}.s"]))
        self.nodes.append(helper.make_node("Mul", [f"{name}.s", "half"], [f"{name}.h"]))
        return f"{name}.h"

    def finish(self, last: str, up: int) -> None:
        """Random weights alone may give one colour, and the face as it is would be refused: so its negative shows."""
        self.nodes += [
            helper.make_node("DepthToSpace", [last], ["grown"], blocksize=up),
            helper.make_node("Sigmoid", ["grown"], ["noise"]),
            helper.make_node("Sub", ["noise", "face"], ["negative"]),
            helper.make_node("Mul", ["negative", "half"], ["darker"]),
            helper.make_node("Add", ["darker", "half"], ["texture"]),
        ]


if __name__ == "__main__":
    count = write_network(Path(sys.argv[2]), SIZES[sys.argv[1]])
    print(f"{count / 1e6:.2f} M weights, {giga_macs(SIZES[sys.argv[1]]):.2f} G MAC")
