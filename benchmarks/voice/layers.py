"""Build a graph of a network's size, with random weights, layer by layer."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

FAR = 1 << 40
Shapes = dict[str, tuple[int, ...]]


class Layers:
    """Nodes and random weights of a graph, added one after the other; every method returns the name of its result.

    A scope that is entered again uses its weights again.
    """

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.weights: dict[str, onnx.TensorProto] = {}
        self._rng, self._count = np.random.default_rng(0), 0
        self._scope, self._turn = "", 0

    def scope(self, name: str) -> None:
        """Weights are of this part from now on, from its first."""
        self._scope, self._turn = name, 0

    def add(self, kind: str, *inputs: str, name: str = "", **attributes: object) -> str:
        self._count += 1
        output = name or f"{kind.lower()}{self._count}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], **attributes))
        return output

    def keep(self, array: NDArray[Any]) -> str:
        self._turn += 1
        name = f"{self._scope}.{self._turn}"
        known = self.weights.setdefault(name, numpy_helper.from_array(array, name))
        if tuple(known.dims) != array.shape:
            raise ValueError(f"{name} is {tuple(known.dims)}, not {array.shape}: a scope must ask for the same again")
        return name

    def random(self, *shape: int) -> str:
        fan = int(np.prod(shape[1:])) if len(shape) > 1 else shape[0]
        return self.keep((self._rng.standard_normal(shape, np.float32) / np.float32(np.sqrt(fan))).astype(np.float32))

    def number(self, *values: int) -> str:
        return self.keep(np.array(values, np.int64))

    def cut(self, array: str, begin: int, end: int, axis: int, name: str = "") -> str:
        return self.add("Slice", array, *(self.number(value) for value in (begin, end, axis)), name=name)

    def join(self, *arrays: str, axis: int = 2, name: str = "") -> str:
        return self.add("Concat", *arrays, axis=axis, name=name)

    def convolve(self, x: str, out: int, given: int, taps: int, bias: bool = True, **attributes: object) -> str:
        weights = [self.random(out, given, taps)] + ([self.random(out)] if bias else [])
        return self.add("Conv", x, *weights, **attributes)

    def normalise(self, x: str, width: int) -> str:
        """Over the last axis."""
        scale, shift = self.keep(np.ones(width, np.float32)), self.keep(np.zeros(width, np.float32))
        return self.add("LayerNormalization", x, scale, shift, axis=-1)

    def turn(self, x: str) -> str:
        return self.add("Transpose", x, perm=[0, 2, 1])

    def project(self, x: str, given: int, out: int) -> str:
        return self.add("Add", self.add("MatMul", x, self.random(given, out)), self.random(out))

    def split_heads(self, x: str, heads: int, width: int) -> str:
        """(1, n, heads * width) as (1, heads, n, width)."""
        return self.add("Transpose", self.add("Reshape", x, self.number(1, -1, heads, width)), perm=[0, 2, 1, 3])

    def attend(self, query: str, key: str, value: str, heads: int, width: int) -> str:
        """Attention of heads (1, heads, n, width); (1, n, heads * width)."""
        near = self.add("MatMul", query, self.add("Transpose", key, perm=[0, 1, 3, 2]))
        near = self.add("Softmax", self.add("Mul", near, self.keep(np.float32([width**-0.5]))), axis=-1)
        made = self.add("Transpose", self.add("MatMul", near, value), perm=[0, 2, 1, 3])
        return self.add("Reshape", made, self.number(1, -1, heads * width))

    def silu(self, x: str, slope: float = 1.0) -> str:
        return self.add("Mul", x, self.add("Sigmoid", self.add("Mul", x, self.keep(np.float32([slope])))))

    def save(self, path: Path, sound: tuple[int, int], states: Shapes, **metadata: int) -> int:
        """Write a graph from `x` to `y` with states that come out as NAME_out; the number of its weights."""
        given: Shapes = {"x": (1, 1, sound[0]), **states}
        made: Shapes = {"y": (1, 1, sound[1]), **{f"{name}_out": shape for name, shape in states.items()}}
        sides = (
            [helper.make_tensor_value_info(n, TensorProto.FLOAT, s) for n, s in side.items()] for side in (given, made)
        )
        graph = helper.make_graph(self.nodes, "random", *sides, list(self.weights.values()))
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        if metadata:
            helper.set_model_props(model, {"metadata": json.dumps(metadata)})
        onnx.checker.check_model(model)
        onnx.save(model, path)
        return sum(int(np.prod(w.dims)) for w in self.weights.values() if w.data_type == TensorProto.FLOAT)
