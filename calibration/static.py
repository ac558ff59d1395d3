"""Quantise a model statically with ONNX Runtime's tools.

Weights and activations become 8 bits between Q and DQ nodes.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engines.onnx.graph import Graph
from engines.swap.neural.contracts import find_embedding_map
from engines.swap.neural.model import Floats
from livecam.core.errors import EngineError
from livecam.core.install import install_command

HEAVY = ("Conv", "ConvTranspose", "Gemm", "MatMul")
"""What takes a network's time; a layer of these is what is left in float when it suffers."""


class Quantiser:
    """One model, prepared once: ranges are measured at the first use and kept."""

    def __init__(self, graph: Graph, inputs: Sequence[Mapping[str, Floats]], folder: Path) -> None:
        """Prepare in a folder.

        Args:
            graph: A float32 model.
            inputs: What it is run on to see the ranges.
            folder: For the files in between.

        Raises:
            EngineError: The tools are not installed or cannot read it.
        """
        self._graph, self._inputs = graph, inputs
        self._prepared, self._ranges = folder / "prepared.onnx", folder / "ranges.json"
        with _tools(graph):
            from onnxruntime.quantization.shape_inference import quant_pre_process

            quant_pre_process(graph.path, self._prepared, skip_symbolic_shape=True)
            self.layers = _name_layers(self._prepared)

    def write(self, path: Path, in_float: Sequence[str] = (), only: Sequence[str] = ()) -> None:
        """Quantise, and write the model.

        Args:
            path: Where.
            in_float: Layers that stay as they are.
            only: When given, all others stay as they are.

        Raises:
            EngineError: The tools fail.
        """
        with _tools(self._graph):
            from onnxruntime.quantization import QuantFormat, QuantType, quantize_static

            quantize_static(
                self._prepared,
                path,
                _Reader(self._inputs),
                quant_format=QuantFormat.QDQ,
                per_channel=True,
                # Unsigned activations and signed weights are what VNNI multiplies.
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
                nodes_to_exclude=list(in_float),
                nodes_to_quantize=list(only),
                calibration_cache_path=self._ranges,
            )
            _keep_map(self._graph, path)


class _Reader:
    """Inputs one after the other, as the tools ask for them."""

    def __init__(self, inputs: Sequence[Mapping[str, Floats]]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> dict[str, Floats] | None:
        """Return the next, or None at the end."""
        given = next(self._inputs, None)
        return None if given is None else dict(given)


@contextmanager
def _tools(graph: Graph) -> Iterator[None]:
    """Translate the tools' failures, and keep their advice off the root logger."""
    before = logging.root.level
    logging.root.setLevel(logging.ERROR)
    try:
        yield
    except ImportError as error:
        raise EngineError(
            f"quantising needs a package that is not here: {error.name}", command=install_command("[calibrate]")
        ) from error
    except (ValueError, RuntimeError, TypeError, KeyError, OSError) as error:
        what = " ".join(str(error).split())[:200]
        raise EngineError(f"{graph.path.name} cannot be quantised: {what}", advice="use it as it is") from error
    finally:
        logging.root.setLevel(before)


def _name_layers(path: Path) -> list[str]:
    """Give every operator a name; those of the heavy ones, in order."""
    import onnx

    model = onnx.load(path)
    for number, node in enumerate(model.graph.node):
        node.name = node.name or f"{node.op_type}_{number}"
    onnx.save(model, path)
    return [node.name for node in model.graph.node if node.op_type in HEAVY]


def _keep_map(graph: Graph, path: Path) -> None:
    """Put back the weight that no operator uses and the tools remove.

    Inswapper's embedding map.
    """
    import onnx

    written: Any = onnx.load(path)
    kept = {weight.name for weight in written.graph.initializer}
    index = find_embedding_map(graph)
    if index is not None and graph.weights[index].name not in kept:
        written.graph.initializer.append(onnx.load(graph.path).graph.initializer[index])
        onnx.save(written, path)
