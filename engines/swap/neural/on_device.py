"""A swap model that takes and returns bytes.

Everything between stays where its provider keeps its tensors.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import Graph
from engines.onnx.providers import CPU, Provider, find_provider
from engines.onnx.runner import BoundTensor, Runner, open_session, translate_errors
from engines.swap.neural.around import CROP, MADE, MASK, PICTURE, build_input_model, build_output_model
from engines.swap.neural.contracts import Contract
from engines.swap.neural.model import Floats, SwapModel, SwapResult, make_fixed_inputs, measure_border
from livecam.core.errors import EngineError
from livecam.core.frame import Pixels

_STEPS = "the steps around a model"


class DeviceModel(SwapModel):
    """A `SwapModel` with its outer steps on its provider.

    Not for two threads at a time.
    """

    def __init__(self, graph: Graph, contract: Contract, runner: Runner) -> None:
        """Write the steps around the network and bind them to its tensors.

        Raises:
            EngineError: They do not load on the provider.
        """
        super().__init__(graph, contract, runner)
        side, provider = contract.side_px, choose_step_provider(runner.provider)
        self._held_by = runner
        self._crop = BoundTensor(np.uint8, (1, side, side, 3), provider.device)
        self._made = BoundTensor(np.uint8, (4 * side * side + 1,), provider.device)
        self._before = _Bound(
            build_input_model(graph, contract), provider, {CROP: self._crop}, {"face": runner.inputs[contract.face]}
        )
        given = {PICTURE: runner.outputs[contract.picture]}
        if contract.mask is not None:
            given[MASK] = runner.outputs[contract.mask]
        steps = build_output_model(graph, contract, measure_border(side))
        self._after = _Bound(steps, provider, given, {MADE: self._made})
        self._source: Floats | None = None
        runner.give(make_fixed_inputs(contract))

    @property
    def crossing(self) -> Sequence[tuple[str, tuple[int, ...]]]:
        """What crosses the bus for a texture: type and shape, in and out."""
        return [(np.dtype(held.kind).name, held.shape) for held in (self._crop, self._made)]

    def swap(self, crop: Pixels, source: Floats | None) -> SwapResult:
        """Do what `SwapModel.swap` does.

        Raises:
            EngineError: As there.
        """
        if source is not self._source and source is not None and self.contract.source is not None:
            self._held_by.give({self.contract.source: source})
        self._source = source
        # On the CPU the tensor itself comes back, which the next texture is written into.
        return read_result(np.array(self.make(crop)), self.contract.side_px, self._graph.path.name)

    def make(self, crop: Pixels) -> NDArray[np.uint8]:
        """Return the bytes for a crop and the present persona.

        See `around.build_output_model`. Valid until the next call.

        Raises:
            EngineError: The model fails.
        """
        self._crop.put(crop)
        self._before.run()
        begin_ns = self._clock.now_ns()
        self._held_by.run_again()
        self.passes_ns.append(self._clock.now_ns() - begin_ns)
        self._after.run()
        return np.asarray(self._made.value.numpy(), np.uint8)

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._before.close()
        self._after.close()
        super().close()


def read_result(made: NDArray[np.uint8], side_px: int, name: str) -> SwapResult:
    """Return a model's result from the bytes (4 n n + 1) that came back.

    Raises:
        EngineError: Some of its numbers were none.
    """
    if not made[-1]:
        raise EngineError(f"{name} gave numbers that are none", advice="use its float32 file")
    area = side_px * side_px
    return SwapResult(made[: 3 * area].reshape(side_px, side_px, 3), made[3 * area : -1].reshape(side_px, side_px))


def choose_step_provider(provider: Provider) -> Provider:
    """Return the provider of the steps around a network.

    CUDA where the network's tensors are on such a device.
    """
    return find_provider("cuda") if provider.device == "cuda" else CPU


class _Bound:
    """A small model with its tensors bound."""

    def __init__(
        self, model: bytes, provider: Provider, inputs: Mapping[str, BoundTensor], outputs: Mapping[str, BoundTensor]
    ) -> None:
        self._session: Any = open_session(model, _STEPS, provider, provider.options, 1)
        self._binding = self._session.io_binding()
        for name, held in inputs.items():
            self._binding.bind_ortvalue_input(name, held.value)
        for name, held in outputs.items():
            self._binding.bind_ortvalue_output(name, held.value)

    def run(self) -> None:
        if self._session is None:
            raise EngineError("the model is closed", advice="start livecam again")
        with translate_errors(_STEPS):
            self._session.run_with_iobinding(self._binding)

    def close(self) -> None:
        self._session = None
