"""Open one of our networks in ONNX Runtime, quiet on idle cores."""

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from livecam.core.errors import EngineError
from livecam.core.files.reading import open_regular

FAILURES = (
    state.EPFail,
    state.Fail,
    state.InvalidArgument,
    state.InvalidGraph,
    state.InvalidProtobuf,
    state.NoSuchFile,
    state.NotImplemented,
    state.RuntimeException,
)
"""What ONNX Runtime raises; it has no common base below Exception."""
ERRORS_ONLY = 3


class Network:
    """A session with its weights loaded. Close it to free them.

    Attributes:
        input_name: Of its first input.
        input_shape: Of its first input; names or None where it is free.
    """

    def __init__(self, name: str, weights: bytes, threads: int) -> None:
        """`name` is for messages.

        Raises:
            EngineError: The weights are no network ONNX Runtime can run.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = ERRORS_ONLY
        # A spinning pool takes a core from the renderer between two frames.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._name = name
        self._session: Any = None
        try:
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        except FAILURES as error:
            raise EngineError(
                f"the {name} network does not load: {error}",
                advice="run: scripts/setup run, in livecam's folder",
            ) from error
        self._outputs = [output.name for output in self._session.get_outputs()]
        first = self._session.get_inputs()[0]
        self.input_name: str = first.name
        self.input_shape: Sequence[int | str | None] = tuple(first.shape)

    @classmethod
    def open_shipped(cls, name: str, threads: int, package: str = "engines.face") -> Self:
        """Open one of a package's own `weights`.

        Raises:
            EngineError: The installation lacks it.
        """
        file = files(package) / "weights" / f"{name}.onnx"
        try:
            weights = file.read_bytes()
        except FileNotFoundError as error:
            raise EngineError(
                f"the {name} network is not installed: {file}",
                advice="run: scripts/setup run, in livecam's folder",
            ) from error
        return cls(name, weights, threads)

    @classmethod
    def open_file(cls, name: str, file: Path, threads: int = 1) -> Self:
        """Open one that the user names.

        Raises:
            EngineError: It cannot be read, or is no network ONNX Runtime can run.
        """
        try:
            with open_regular(file) as opened:
                weights = opened.read()
        except OSError as error:
            raise EngineError(f"{file} cannot be read: {error.strerror}", advice="name an ONNX file") from error
        return cls(name, weights, threads)

    @property
    def outputs(self) -> Sequence[str]:
        """Names of what `run` returns, in order."""
        return self._outputs

    def run(self, inputs: Mapping[str, NDArray[np.float32]]) -> list[NDArray[np.float32]]:
        """Return outputs in the order of the graph, newly allocated.

        Raises:
            EngineError: The network failed or is closed.
        """
        if self._session is None:
            raise EngineError(f"the {self._name} network is closed", advice="open a new face finder")
        try:
            answers: list[NDArray[np.float32]] = self._session.run(self._outputs, dict(inputs))
        except FAILURES as error:
            raise EngineError(f"the {self._name} network failed: {error}", command="livecam doctor") from error
        return answers

    def close(self) -> None:
        """Free the weights; may be called twice."""
        self._session = None
