"""Run one model at one size.

Buffers kept, provider asserted, never on another one than was said.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engines.face.network import ERRORS_ONLY, FAILURES
from engines.onnx.graph import FLOAT16, FLOAT32, Graph, Value
from engines.onnx.providers import CPU, Provider, list_option_sets
from livecam.core.errors import EngineError

Floats = NDArray[np.float32]
_KINDS: dict[int, type[np.generic]] = {FLOAT32: np.float32, FLOAT16: np.float16}
WARM_UPS = 2


class Runner:
    """A model in a session with its inputs and outputs bound once.

    Not for two threads at a time.

    Attributes:
        provider: Where it runs; asserted when it was opened.
        recorded: Whether a pass is a recorded one (a CUDA graph).
        inputs, outputs: The tensors it reads and writes, which stay in their place.
        copy: The file it was loaded from; None where it was loaded from bytes.
    """

    def __init__(
        self,
        graph: Graph,
        provider: Provider,
        threads: int = 1,
        cache_folder: str | None = None,
        model: str | bytes | None = None,
    ) -> None:
        """Load, bind and warm up.

        Args:
            graph: The model; sizes that are not fixed are taken as 1.
            provider: Where it must run.
            threads: Of the CPU.
            cache_folder: Of TensorRT's engines.
            model: The model's bytes or a private copy's path (`engines.onnx.brought`); None loads the graph's own file.

        Raises:
            EngineError: It does not load there, or ONNX Runtime took another provider, or its first run fails.
        """
        self.provider = provider
        self.recorded = False
        self._name = graph.path.name
        model = str(graph.path) if model is None else model
        self.copy = model if isinstance(model, str) else None
        for value in (*graph.inputs, *graph.outputs):
            if value.element not in _KINDS:
                raise EngineError(
                    f"{self._name}: {value} is not of floats", advice="export it with float inputs and outputs"
                )
        sets = list_option_sets(provider, cache_folder)
        for options in sets[:-1]:
            try:
                self._open(model, graph, options, threads)
            except EngineError:
                continue
            self.recorded = True
            return
        self._open(model, graph, sets[-1], threads)

    def _open(self, model: str | bytes, graph: Graph, options: Mapping[str, str], threads: int) -> None:
        self._session: Any = open_session(model, self._name, self.provider, options, threads)
        self._binding = self._session.io_binding()
        self.inputs = {value.name: BoundTensor.of(value, self.provider) for value in graph.inputs}
        self.outputs = [BoundTensor.of(value, self.provider) for value in graph.outputs]
        for name, held in self.inputs.items():
            self._binding.bind_ortvalue_input(name, held.value)
        for value, held in zip(graph.outputs, self.outputs, strict=True):
            self._binding.bind_ortvalue_output(value.name, held.value)
        for _ in range(WARM_UPS):
            self.run({})

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Run one pass.

        Args:
            inputs: Those that changed; the others keep their last values (0 at first).

        Returns:
            Outputs in the order of the graph, float32; valid until the next call.

        Raises:
            EngineError: An input does not fit, the model fails, or the runner is closed.
        """
        self.give(inputs)
        self.run_again()
        with translate_errors(self._name):
            return [np.asarray(output.value.numpy(), np.float32) for output in self.outputs]

    def give(self, inputs: Mapping[str, Floats]) -> None:
        """Put values into inputs, for the passes to come.

        Raises:
            EngineError: One does not fit.
        """
        with translate_errors(self._name):
            for name, values in inputs.items():
                self.inputs[name].put(values)

    def run_again(self) -> None:
        """Run one pass with the current inputs; the outputs stay on the device.

        Raises:
            EngineError: The model fails, or the runner is closed.
        """
        if self._session is None:
            raise EngineError(f"{self._name} is closed", advice="start livecam again")
        with translate_errors(self._name):
            self._binding.synchronize_inputs()
            self._session.run_with_iobinding(self._binding)
            self._binding.synchronize_outputs()

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._session = None


class BoundTensor:
    """A tensor that stays where the provider wants it."""

    __slots__ = ("kind", "shape", "value")

    def __init__(self, kind: type[np.generic], shape: tuple[int, ...], device: str) -> None:
        self.kind, self.shape = kind, shape
        self.value = onnxruntime.OrtValue.ortvalue_from_numpy(np.zeros(shape, kind), device, 0)

    @classmethod
    def of(cls, value: Value, provider: Provider) -> Self:
        """Return the tensor of an input or output; sizes that are not fixed are 1."""
        return cls(_KINDS[value.element], tuple(n or 1 for n in value.shape), provider.device)

    def put(self, values: NDArray[Any]) -> None:
        """Write it; as many values as it has, of any shape."""
        self.value.update_inplace(np.ascontiguousarray(values, self.kind).reshape(self.shape))


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """ONNX Runtime's failures of a model as ours.

    Raises:
        EngineError: The block failed.
    """
    try:
        yield
    except (*FAILURES, ValueError, RuntimeError, MemoryError) as error:
        raise EngineError(f"{name} failed: {_one_line(error)}", command="livecam doctor") from error


def open_session(model: str | bytes, name: str, provider: Provider, its: Mapping[str, str], threads: int) -> Any:
    """Open a session on a provider and on no other.

    Args:
        model: A file's path, or a model's bytes.
        name: For messages.
        provider: Where it must run.
        its: The provider's options.
        threads: Of the CPU.

    Raises:
        EngineError: It does not load there, or ONNX Runtime took another provider.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = ERRORS_ONLY
    # A spinning pool takes a core from the renderer between two textures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    asked: Sequence[object] = [(provider.official, dict(its))]
    if provider.device == "cuda":
        # The libraries that pip brings lie where the loader does not look.
        onnxruntime.preload_dlls()
    if provider is not CPU:
        asked = [*asked, CPU.official]
    try:
        session = onnxruntime.InferenceSession(model, options, providers=asked)
    except (*FAILURES, ValueError, RuntimeError, MemoryError) as error:
        raise EngineError(
            f"{name} does not load on {provider.name}: {_one_line(error)}",
            advice="run: livecam doctor, or another model",
        ) from error
    session.disable_fallback()
    # Kept by ONNX Runtime for its fallback alone: as large as the model.
    session._model_bytes = None
    loaded = session.get_providers()
    if provider.official not in loaded:
        raise EngineError(
            f"{name} was to run on {provider.official}, but ONNX Runtime loaded {', '.join(loaded)}",
            advice=f"run: livecam doctor, or use the CPU: --engine onnx:{name}@cpu",
        )
    return session


def _one_line(error: BaseException) -> str:
    return " ".join(str(error).split())[:300]
