"""Write the network as an ONNX file of the contract `livecam-atlas`."""

import io
import logging
import warnings
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from engines.swap.trained.contract import (
    ATLAS,
    CALM_ATLAS,
    CALM_POINTS,
    EXPRESSION,
    NUMBERS,
    SHAPE,
    TEXTURE,
    TONE,
)
from engines.swap.trained.model import TrainedModel
from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.errors import EngineError
from trainer.basis import BOUND
from trainer.linear import notes_of
from trainer.network.fixed import LooksLayer
from trainer.network.learner import NetworkLearner

Floats = NDArray[np.float32]
Inputs = Mapping[str, Floats]
_LOG = logging.getLogger(__name__)
STAGE: Final = "network"
_NAME: Final = Path("network.onnx")
_MOST_APART: Final = 0.1
_OPSET: Final = 17
_DARKEST, _BRIGHTEST = 0.02, 2.8


class _Whole(nn.Module):
    """The network with the steps before and after it."""

    def __init__(self, learner: NetworkLearner) -> None:
        super().__init__()
        self.net, model = learner.net, learner.model
        code = model.code.off(model.driver.shape)
        self.axes, self.reader = _constant(code.axes), _constant(code.reader)
        self.calm_points = _constant(code.calm.reshape(1, NUMBERS))
        self.rest, self.calm_amounts = _constant(code.rest[None]), _constant(code.calm_amounts[None])
        self.calm_atlas = _constant(model.driver.detail.transpose(2, 0, 1)[None])
        self.looks = LooksLayer(learner.sizes.side_px, model.looks, model.alignment)
        self.opacity = torch.ones(1, 1, learner.sizes.side_px, learner.sizes.side_px)

    def forward(self, atlas: Tensor, expression: Tensor) -> Tensor:
        along = BOUND * torch.tanh(((expression - self.calm_points) @ self.axes) / BOUND)
        named = (expression @ self.reader + self.rest).clamp(0, 1) - self.calm_amounts
        change = atlas - self.calm_atlas
        made = self.net(change, self.looks(change, torch.cat([along, named], 1)))
        return torch.cat([made.clamp(_DARKEST, _BRIGHTEST), self.opacity], 1)


def _constant(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))


def export_network(learner: NetworkLearner, *, lighter: bool = False) -> bytes:
    """Return the network as an ONNX file.

    Args:
        learner: What was trained.
        lighter: Whether its convolutions calculate in 8 bits.

    Raises:
        EngineError: The package `onnx` is not installed, or the network cannot be made lighter.
    """
    try:
        import onnx
        from onnx import numpy_helper

        from trainer.network.quantise import halve_weights, quantise
    except ImportError as error:
        raise EngineError("the network cannot be written: onnx is not installed", command="pip install onnx") from error
    model = onnx.load_from_string(_trace(learner))
    if lighter:
        model = quantise(model, learner.examples())
    halve_weights(model)
    constants = {
        SHAPE: learner.model.calm.shape,
        TONE: learner.model.tone,
        CALM_POINTS: learner.model.driver.shape,
        CALM_ATLAS: learner.model.driver.detail.transpose(2, 0, 1),
    }
    for name, values in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
    onnx.helper.set_model_props(model, notes_of(STAGE, own_openings=True))
    return bytes(model.SerializeToString())


def _trace(learner: NetworkLearner) -> bytes:
    """Return the bare graph as a file."""
    side = learner.sizes.side_px
    buffer = io.BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            _Whole(learner).eval(),
            (torch.rand(1, 3, side, side), torch.zeros(1, NUMBERS)),
            buffer,  # type: ignore[arg-type,unused-ignore]
            input_names=[ATLAS, EXPRESSION],
            output_names=[TEXTURE],
            opset_version=_OPSET,
            dynamo=False,
        )
    return buffer.getvalue()


def export_best(learner: NetworkLearner, error: float, clock: Clock) -> bytes:
    """Return the network as a file in 8 bits.

    Where that does harm or is not faster on this machine, as it is.

    Args:
        learner: What was trained.
        error: Its error on held-out pictures: what 8 bits may change is a small part of it.
        clock: Times both.

    Raises:
        EngineError: The package `onnx` is not installed.
    """
    plain = export_network(learner)
    try:
        lighter = export_network(learner, lighter=True)
    except EngineError as trouble:
        _LOG.info("%s", trouble)
        return plain
    with closing(TrainedModel(_NAME, plain)) as before, closing(TrainedModel(_NAME, lighter)) as after:
        apart = measure_apart(before, after, learner)
        took_ms = [time_model_ms(one, learner, clock) for one in (before, after)]
    is_better = apart <= _MOST_APART * error and took_ms[1] < took_ms[0]
    _LOG.info("8 bits: %.4f apart, %.1f ms instead of %.1f: %s", apart, took_ms[1], took_ms[0], is_better)
    return lighter if is_better else plain


def measure_apart(plain: TrainedModel, lighter: TrainedModel, learner: NetworkLearner) -> float:
    """Return the mean difference of two models' textures, 1 is plain skin."""
    apart = []
    for given in learner.examples():
        made = [_run(one, given) for one in (plain, lighter)]
        apart.append(float(np.abs(made[0] - made[1]).mean()))
    return float(np.mean(apart))


def time_model_ms(model: TrainedModel, learner: NetworkLearner, clock: Clock) -> float:
    """Return the median time of a texture on examples."""
    took_ns = []
    for given in learner.examples():
        begin_ns = clock.now_ns()
        _run(model, given)
        took_ns.append(clock.now_ns() - begin_ns)
    return float(np.median(took_ns)) / NS_PER_MS


def _run(model: TrainedModel, given: Inputs) -> Floats:
    return model.infer(given[ATLAS][0], given[EXPRESSION].reshape(-1, 3))
