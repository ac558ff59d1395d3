"""Graphs for the steps before and after a network, on the network's device.

Bytes to its numbers; its numbers to bytes and opacity.

Both are small ONNX models, written here for the model's contract and run by the same provider, so that a GPU is given
the crop's bytes and gives a picture's bytes back, once each way; on the CPU the same code runs.
"""

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT16, FLOAT32, UINT8, Graph, Value
from engines.onnx.writing import GraphBuilder
from engines.swap.neural.contracts import Contract

CROP, MADE, PICTURE, MASK = "crop", "made", "picture", "mask"
_BACKWARDS = np.array([2, 1, 0], np.int64)


def build_input_model(graph: Graph, contract: Contract) -> bytes:
    """Return a model from `crop` (1, n, n, 3) uint8 BGR to the network's input."""
    face = next(value for value in graph.inputs if value.name == contract.face)
    family, side = contract.family, contract.side_px
    steps = GraphBuilder(CROP)
    if family.layout == "nchw":
        steps.add("Transpose", perm=(0, 3, 1, 2))
    if family.channels == "rgb":
        steps.add("Gather", _BACKWARDS, axis=_axis(contract))
    steps.add("DequantizeLinear", _scale(family.spread), axis=_axis(contract))
    if any(family.mean):
        less = [mean / spread for mean, spread in zip(family.mean, family.spread, strict=True)]
        steps.add("Sub", _by_channel(less, contract))
    if face.element == FLOAT16:
        steps.add("Cast", to=FLOAT16)
    return steps.to_model([Value(CROP, UINT8, (1, side, side, 3))], Value("face", face.element, _fixed(face)))


def build_output_model(graph: Graph, contract: Contract, border: NDArray[np.uint8]) -> bytes:
    """Return a model from outputs `picture` and `mask` to `made` (4 n n + 1) uint8.

    The picture (n, n, 3) BGR comes first, then its opacity (n, n), at most that of the border given, then whether all
    numbers of the outputs are numbers.
    """
    value = graph.outputs[contract.picture]
    inputs = [Value(PICTURE, value.element, _fixed(value))]
    steps = GraphBuilder(PICTURE)
    mask, picture = "", _as_floats(steps, value)
    if value.shape[_axis(contract)] == 4:
        picture, mask = steps.split((3, 1), _axis(contract))
    elif contract.mask is not None:
        other = graph.outputs[contract.mask]
        inputs.append(Value(MASK, other.element, _fixed(other)))
        steps.last = MASK
        mask = _as_floats(steps, other)
    sound = _all_numbers(steps, [picture, mask] if mask else [picture])
    opacity = _opacity(steps, mask, border) if mask else steps.add_weight(border.reshape(-1))
    steps.add("Concat", opacity, sound, on=_colours(steps, picture, contract), axis=0)
    return steps.to_model(inputs, Value(MADE, UINT8, (4 * contract.side_px**2 + 1,)))


def _axis(contract: Contract) -> int:
    """Return which axis the channels are on."""
    return 1 if contract.family.layout == "nchw" else 3


def _scale(spread: tuple[float, ...]) -> NDArray[np.float32]:
    """Return what a step of 256 is in a family's numbers.

    One for all channels where it is the same.
    """
    steps = [1 / 255 / one for one in spread]
    return np.array(steps[0] if len(set(steps)) == 1 else steps, np.float32)


def _by_channel(values: list[float], contract: Contract) -> NDArray[np.float32]:
    shape = (3, 1, 1) if contract.family.layout == "nchw" else (3,)
    return np.array(values, np.float32).reshape(shape)


def _fixed(value: Value) -> tuple[int, ...]:
    return tuple(side or 1 for side in value.shape)


def _as_floats(steps: GraphBuilder, value: Value) -> str:
    return steps.add("Cast", to=FLOAT32) if value.element == FLOAT16 else steps.last


def _all_numbers(steps: GraphBuilder, names: list[str]) -> str:
    """Add the check that every output is finite.

    Zero times the sum is zero, unless an output is not a number.
    """
    sums = [steps.add("ReduceSum", on=name, keepdims=0) for name in names]
    total = sums[0] if len(sums) == 1 else steps.add("Add", sums[1], on=sums[0])
    steps.add("Mul", np.zeros(1, np.float32), on=total)
    steps.add("Equal", np.zeros(1, np.float32))
    return steps.add("Cast", to=UINT8)


def _colours(steps: GraphBuilder, picture: str, contract: Contract) -> str:
    family = contract.family
    spread, mean = (family.spread, family.mean) if family.gives_spread else ((1.0,) * 3, (0.0,) * 3)
    steps.last = picture
    if any(mean):
        more = [of_mean / of_spread for of_mean, of_spread in zip(mean, spread, strict=True)]
        steps.add("Add", _by_channel(more, contract))
    scale = _scale(spread)
    steps.add("QuantizeLinear", scale, np.zeros(scale.shape, np.uint8), axis=_axis(contract))
    if family.channels == "rgb":
        steps.add("Gather", _BACKWARDS, axis=_axis(contract))
    if family.layout == "nchw":
        steps.add("Transpose", perm=(0, 2, 3, 1))
    return steps.add("Reshape", np.array([-1], np.int64))


def _opacity(steps: GraphBuilder, mask: str, border: NDArray[np.uint8]) -> str:
    steps.add("Reshape", np.array([-1], np.int64), on=mask)
    steps.add("Min", border.reshape(-1) / np.float32(255))
    return steps.add("QuantizeLinear", np.array(1 / 255, np.float32), np.array(0, np.uint8))
