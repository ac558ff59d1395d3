"""Make a network lighter: 8 bits, and half the bytes for its variations."""

import logging
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from livecam.core.errors import EngineError

Floats = NDArray[np.float32]
Inputs = Mapping[str, Floats]
_LARGE: Final = 1_000_000
_HEAVY: Final = ("Conv",)


def halve_weights(model: Any) -> None:
    """Store large weights as float16; the runtime widens them as it loads."""
    for weight in list(model.graph.initializer):
        if weight.data_type != onnx.TensorProto.FLOAT or np.prod(weight.dims) < _LARGE:
            continue
        narrow = numpy_helper.from_array(numpy_helper.to_array(weight).astype(np.float16), f"{weight.name}.half")
        node = onnx.helper.make_node("Cast", [narrow.name], [weight.name], to=onnx.TensorProto.FLOAT)
        model.graph.initializer.remove(weight)
        model.graph.initializer.append(narrow)
        model.graph.node.insert(0, node)


def quantise(model: Any, inputs: Sequence[Inputs]) -> Any:
    """Return a model with its convolutions in 8 bits, their ranges seen on inputs.

    Raises:
        EngineError: The tools fail.
    """
    with tempfile.TemporaryDirectory() as place, _quiet():
        from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

        before, after = Path(place) / "float.onnx", Path(place) / "lighter.onnx"
        onnx.save(model, before)
        try:
            quantize_static(
                before,
                after,
                _Reader(inputs),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                # Unsigned activations and signed weights are what VNNI multiplies.
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                op_types_to_quantize=list(_HEAVY),
            )
        except (ValueError, RuntimeError, TypeError, KeyError, OSError) as error:
            why = " ".join(str(error).split())[:200]
            raise EngineError(f"the network cannot be made lighter: {why}", advice="it is used as it is") from error
        return onnx.load(after)


class _Reader:
    """Inputs one after the other, as the tools ask for them."""

    def __init__(self, inputs: Sequence[Inputs]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> dict[str, Floats] | None:
        """Return the next, or None at the end."""
        given = next(self._inputs, None)
        return None if given is None else dict(given)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the tools' advice off the root logger."""
    before = logging.root.level
    logging.root.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logging.root.setLevel(before)
