"""Write the network as an ONNX file of the contract `livecam-atlas`."""

import io
import warnings
from typing import Final

import numpy as np
import torch
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
from livecam.core.errors import EngineError
from trainer.basis import BOUND, MeshCode
from trainer.linear import notes_of
from trainer.network.learner import NetworkLearner

STAGE: Final = "network"
_OPSET: Final = 17
_DARKEST, _BRIGHTEST = 0.02, 2.8


class _Whole(nn.Module):
    """The network with the steps before and after it."""

    def __init__(self, learner: NetworkLearner) -> None:
        super().__init__()
        self.net = learner.net
        code: MeshCode = learner.code.off(learner.driver.shape)
        self.axes, self.reader = _constant(code.axes), _constant(code.reader)
        self.calm_points = _constant(code.calm.reshape(1, NUMBERS))
        self.rest, self.calm_amounts = _constant(code.rest[None]), _constant(code.calm_amounts[None])
        self.calm_atlas = _constant(learner.driver.detail.transpose(2, 0, 1)[None])
        self.opacity = torch.ones(1, 1, learner.sizes.side_px, learner.sizes.side_px)

    def forward(self, atlas: Tensor, expression: Tensor) -> Tensor:
        along = BOUND * torch.tanh(((expression - self.calm_points) @ self.axes) / BOUND)
        named = (expression @ self.reader + self.rest).clamp(0, 1) - self.calm_amounts
        made = self.net(atlas - self.calm_atlas, torch.cat([along, named], 1))
        return torch.cat([made.clamp(_DARKEST, _BRIGHTEST), self.opacity], 1)


def _constant(values: "np.ndarray[tuple[int, ...], np.dtype[np.float32]]") -> Tensor:
    return torch.from_numpy(np.ascontiguousarray(values, np.float32))


def export_network(learner: NetworkLearner) -> bytes:
    """Return the network as an ONNX file.

    Raises:
        EngineError: The package `onnx` is not installed.
    """
    try:
        import onnx
        from onnx import numpy_helper
    except ImportError as error:
        raise EngineError("the network cannot be written: onnx is not installed", command="pip install onnx") from error
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
    model = onnx.load_from_string(buffer.getvalue())
    constants = {
        SHAPE: learner.calm.shape,
        TONE: learner.tone,
        CALM_POINTS: learner.driver.shape,
        CALM_ATLAS: learner.driver.detail.transpose(2, 0, 1),
    }
    for name, values in constants.items():
        model.graph.initializer.append(numpy_helper.from_array(np.ascontiguousarray(values, np.float32), name))
    onnx.helper.set_model_props(model, notes_of(STAGE, own_openings=True))
    return bytes(model.SerializeToString())
