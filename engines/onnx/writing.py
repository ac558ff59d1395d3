"""Write a small ONNX model as bytes.

Enough for the steps that go before and after a network, without another package.

Field numbers are those of onnx.proto (ONNX, Apache-2.0).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx import wire
from engines.onnx.graph import FLOAT16, FLOAT32, INT64, UINT8, Value

Attributes = Mapping[str, int | Sequence[int]]
OPSET: Final = 17
_IR_VERSION: Final = 8
_INT, _INTS = 2, 7
_ELEMENTS: Final[Mapping[type[np.generic], int]] = {
    np.float32: FLOAT32,
    np.float16: FLOAT16,
    np.uint8: UINT8,
    np.int64: INT64,
}


@dataclass(slots=True)
class GraphBuilder:
    """Operators one after the other, each on what the last one made.

    Attributes:
        last: The name of what was made last.
        nodes, weights: As they stand in a graph; of a node its operator, inputs, outputs and attributes.
    """

    last: str
    nodes: list[tuple[str, list[str], list[str], Attributes]] = field(default_factory=list)
    weights: list[bytes] = field(default_factory=list)

    def add(self, operator: str, *more: str | NDArray[Any], on: str = "", **attributes: int | Sequence[int]) -> str:
        """Add an operator; return the name of its output.

        Its further inputs are names, or arrays that become weights.
        """
        names = [on or self.last, *(self.add_weight(one) if isinstance(one, np.ndarray) else one for one in more)]
        self.last = f"{operator.lower()}_{len(self.nodes)}"
        self.nodes.append((operator, names, [self.last], attributes))
        return self.last

    def split(self, sizes: Sequence[int], axis: int) -> list[str]:
        """Cut what was made last into parts along an axis; their names."""
        made = [f"part_{len(self.nodes)}_{number}" for number in range(len(sizes))]
        self.nodes.append(("Split", [self.last, self.add_weight(np.array(sizes, np.int64))], made, {"axis": axis}))
        return made

    def add_weight(self, values: NDArray[Any], name: str = "") -> str:
        """Keep an array with the model.

        Return its name, which is made up where none is given.
        """
        name = name or f"weight_{len(self.weights)}"
        dims = b"".join(wire.put_number(1, side) for side in values.shape)
        kind = wire.put_number(2, _ELEMENTS[values.dtype.type])
        content = wire.put_bytes(9, np.ascontiguousarray(values).tobytes())
        self.weights.append(dims + kind + wire.put_text(8, name) + content)
        return name

    def to_model(self, inputs: Sequence[Value], output: Value, notes: Mapping[str, str] | None = None) -> bytes:
        """Return an ONNX model with the last result as its output.

        `notes` become the file's metadata.
        """
        operator, names, _, attributes = self.nodes[-1]
        nodes = [*self.nodes[:-1], (operator, names, [output.name], attributes)]
        parts = [wire.put_bytes(1, _node(*node)) for node in nodes]
        parts += [wire.put_text(2, "livecam")]
        parts += [wire.put_bytes(5, weight) for weight in self.weights]
        parts += [wire.put_bytes(11, _value(value)) for value in inputs]
        parts += [wire.put_bytes(12, _value(output))]
        opset = wire.put_text(1, "") + wire.put_number(2, OPSET)
        model = wire.put_number(1, _IR_VERSION) + wire.put_bytes(7, b"".join(parts)) + wire.put_bytes(8, opset)
        pairs = (wire.put_text(1, key) + wire.put_text(2, value) for key, value in (notes or {}).items())
        return model + b"".join(wire.put_bytes(14, pair) for pair in pairs)


def _node(operator: str, inputs: Sequence[str], outputs: Sequence[str], attributes: Attributes) -> bytes:
    named = b"".join(wire.put_text(1, name) for name in inputs) + b"".join(wire.put_text(2, name) for name in outputs)
    more = b"".join(wire.put_bytes(5, _attribute(name, value)) for name, value in attributes.items())
    return named + wire.put_text(4, operator) + more


def _attribute(name: str, value: int | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return wire.put_text(1, name) + wire.put_number(3, value) + wire.put_number(20, _INT)
    return wire.put_text(1, name) + b"".join(wire.put_number(8, one) for one in value) + wire.put_number(20, _INTS)


def _value(value: Value) -> bytes:
    sizes = b"".join(wire.put_bytes(1, wire.put_number(1, side)) for side in value.shape)
    tensor = wire.put_number(1, value.element) + wire.put_bytes(2, sizes)
    return wire.put_text(1, value.name) + wire.put_bytes(2, wire.put_bytes(1, tensor))
