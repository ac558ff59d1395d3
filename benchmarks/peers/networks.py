"""Networks of a given size with random weights: they cost what theirs cost and show nothing."""

import livecam  # noqa: F401  # switches the telemetry of ONNX Runtime off before that is imported

# isort: split
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper


@dataclass(frozen=True, slots=True)
class Conv:
    """A convolution and a ReLU: output channels, kernel, stride; stride -2 doubles the size first."""

    channels: int
    kernel: int = 3
    stride: int = 1


@dataclass(frozen=True, slots=True)
class Size:
    """What a network costs. A multiplication with its addition (MAC) is one operation, as its makers count."""

    parameters: int
    macs: int

    def __str__(self) -> str:
        return f"{self.parameters / 1e6:.1f} M parameters, {self.macs / 1e9:.1f} G MAC"


# INSwapper_128: 138.3 M parameters, 174.7 "GFLOP" (README of deepinsight/inswapper-512-live), which are multiply-adds:
# its convolutions alone come to that. 12.6 M of the parameters turn the embedding into styles and cost no time.
SWAPPER = (
    Conv(128, 7), Conv(256), Conv(512, 3, 2), Conv(1024, 3, 2), *(Conv(1024),) * 12, Conv(512, 3, -2), Conv(256, 3, -2),
    Conv(128), Conv(3, 7),
)  # fmt: skip
# SCRFD-10GF with points: 4.23 M parameters, 9.98 G MAC at 640 x 480 (README of SCRFD in deepinsight/insightface): stem
# and stages as there, neck and heads as one way back up.
DETECTOR = (
    Conv(28, 3, 2), Conv(28), Conv(56), Conv(56, 3, 2), *(Conv(56),) * 5, Conv(88, 3, 2), *(Conv(88),) * 7,
    Conv(88, 3, 2), *(Conv(88),) * 3, Conv(224, 3, 2), *(Conv(224),) * 6, Conv(56, 3, -2), Conv(80, 3, -2),
    *(Conv(80),) * 3,
)  # fmt: skip
# First-order motion model at 256 x 256, vox-256 configuration of its repository: a generator with six residual blocks
# and two hourglasses (keypoints, dense motion) at 64 x 64. Without skip connections: the original costs a little more.
GENERATOR = (
    Conv(64, 7), Conv(128, 3, 2), Conv(256, 3, 2), *(Conv(256),) * 12, Conv(128, 3, -2), Conv(64, 3, -2), Conv(3, 7),
)  # fmt: skip
HOURGLASS = (
    Conv(128, 3, 2), Conv(256, 3, 2), Conv(512, 3, 2), Conv(1024, 3, 2), Conv(1024, 3, 2), Conv(1024, 3, -2),
    Conv(512, 3, -2), Conv(256, 3, -2), Conv(128, 3, -2), Conv(64, 3, -2), Conv(11, 7),
)  # fmt: skip


class Network:
    """A chain of convolutions in ONNX Runtime on the CPU."""

    def __init__(self, layers: Sequence[Conv], size_hw: tuple[int, int], threads: int) -> None:
        model, self.size = _model(layers, size_hw), size_of(layers, size_hw)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.size_hw = size_hw

    def run(self, picture: NDArray[np.float32]) -> NDArray[np.float32]:
        """One pass over (1, 3, h, w)."""
        return np.asarray(self._session.run(None, {"in": picture})[0], np.float32)


def size_of(layers: Sequence[Conv], size_hw: tuple[int, int]) -> Size:
    """What a network costs on a picture of that size."""
    parameters, macs = 0, 0
    for shape, (height, width) in _shapes(layers, size_hw):
        weights = math.prod(shape)
        parameters += weights
        macs += weights * height * width
    return Size(parameters, macs)


def _shapes(layers: Sequence[Conv], size_hw: tuple[int, int]) -> Iterator[tuple[tuple[int, ...], tuple[int, int]]]:
    """Of each layer the shape of its weights (out, in, k, k) and the size (h, w) of what it makes."""
    channels, (height, width) = 3, size_hw
    for layer in layers:
        grow, step = (2, 1) if layer.stride == -2 else (1, layer.stride)
        height, width = -(-height * grow // step), -(-width * grow // step)
        yield (layer.channels, channels, layer.kernel, layer.kernel), (height, width)
        channels = layer.channels


def _model(layers: Sequence[Conv], size_hw: tuple[int, int]) -> bytes:
    """The graph with its weights."""
    rng = np.random.default_rng(0)
    nodes, weights, name = [], [], "in"
    for i, (layer, (shape, _)) in enumerate(zip(layers, _shapes(layers, size_hw), strict=True)):
        if layer.stride == -2:
            weights.append(numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), f"s{i}"))
            nodes.append(helper.make_node("Resize", [name, "", f"s{i}"], [f"u{i}"], mode="nearest"))
            name = f"u{i}"
        step = max(layer.stride, 1)
        spread = np.float32(np.sqrt(2 / math.prod(shape[1:])))
        weights.append(numpy_helper.from_array(rng.standard_normal(shape, np.float32) * spread, f"w{i}"))
        pad = [layer.kernel // 2] * 4
        nodes += [
            helper.make_node("Conv", [name, f"w{i}"], [f"c{i}"], pads=pad, strides=[step, step]),
            helper.make_node("Relu", [f"c{i}"], [f"r{i}"]),
        ]
        name = f"r{i}"
    *_, (last, made_hw) = _shapes(layers, size_hw)
    ends = [
        helper.make_tensor_value_info("in", TensorProto.FLOAT, [1, 3, *size_hw]),
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, last[0], *made_hw]),
    ]
    graph = helper.make_graph(nodes, "stand-in", ends[:1], ends[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    return bytes(model.SerializeToString())
