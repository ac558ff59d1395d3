"""One network of a voice in a session of its own.

Fed and read by name, its failures one kind of error.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import BOOL, FLOAT16, FLOAT32, FLOAT64, INT32, INT64, Graph
from engines.onnx.providers import CPU, Provider
from engines.onnx.runner import open_session, translate_errors
from livecam.core.errors import EngineError

Array = NDArray[Any]
_KINDS: Mapping[int, type[np.generic]] = {
    FLOAT32: np.float32,
    FLOAT16: np.float16,
    FLOAT64: np.float64,
    INT64: np.int64,
    INT32: np.int32,
    BOOL: np.bool_,
}


class Net:
    """Not for two threads at a time. Inputs are brought to the graph's own types."""

    def __init__(self, graph: Graph, provider: Provider = CPU, threads: int = 1) -> None:
        """Load it.

        Raises:
            EngineError: It does not load, or not on this provider.
        """
        self.path: Path = graph.path
        self._kinds = {value.name: _KINDS[value.element] for value in graph.inputs if value.element in _KINDS}
        if strange := [value for value in graph.inputs if value.element not in _KINDS]:
            raise EngineError(
                f"{graph.path.name}: {strange[0]} is neither of floats nor of numbers",
                advice="see docs/voice.md",
            )
        session = open_session(str(graph.path), graph.path.name, provider, provider.options, threads)
        self._session: Any = session
        self._outputs = [output.name for output in self._session.get_outputs()]

    def __call__(self, given: Mapping[str, Array]) -> dict[str, Array]:
        """Return one pass; outputs by name.

        Raises:
            EngineError: The network fails.
        """
        with np.errstate(over="ignore"):
            typed = {name: np.ascontiguousarray(array, self._kinds[name]) for name, array in given.items()}
        with translate_errors(self.path.name):
            made = self._session.run(self._outputs, typed)
        return dict(zip(self._outputs, made, strict=True))
