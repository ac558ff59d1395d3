"""A swap model as one step: a crop of bytes in, a face of bytes and its mask out."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import cut, fit_square_to_points, matrix_to_crop
from engines.onnx.graph import Graph
from engines.swap.neural.contracts import EMBEDDING, INSWAPPER, OWN_CROP, Contract, Family, find_embedding_map
from engines.swap.neural.templates import Matrix, matrix_to
from livecam.core.clock import SystemClock
from livecam.core.errors import EngineError
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture

Floats = NDArray[np.float32]
_BORDER_SHARE = 16
_REMEMBERED = 200


@dataclass(frozen=True, slots=True, eq=False)
class SwapResult:
    """Output of a model.

    The new face (n, n, 3) uint8 BGR, and its confidence (n, n) uint8, less at the border.
    """

    picture: Pixels
    alpha: NDArray[np.uint8]


def crop_matrix(template: str, points: Points, side_px: int) -> Matrix:
    """Return the matrix from picture to the family's crop, for a mesh (468, 2 or 3)."""
    if template == OWN_CROP:
        return matrix_to_crop(fit_square_to_points(points), side_px)
    return matrix_to(template, points, side_px)


class Passes(Protocol):
    """Runs a model, here or elsewhere; see `engines.onnx.runner.Runner`."""

    def run(self, inputs: Mapping[str, Floats]) -> list[Floats]:
        """Run one pass; inputs that are not given keep their last values."""
        ...

    def close(self) -> None:
        """Free the model; may be called twice."""
        ...


class SwapModel:
    """One model on one provider; buffers are its own. Not for two threads at a time.

    Attributes:
        passes_ns: How long the network alone took, the last passes.
    """

    def __init__(self, graph: Graph, contract: Contract, runner: Passes) -> None:
        self.contract = contract
        self.passes_ns: deque[int] = deque(maxlen=_REMEMBERED)
        self._clock = SystemClock()
        self._graph, self._runner = graph, runner
        self._blob = _blob(contract.side_px, contract.family)
        index = find_embedding_map(graph) if contract.family is INSWAPPER else None
        self._map = None if index is None else graph.read_floats(graph.weights[index])

    def encode_source(self, photo: FaceTexture, embedding: Floats | None) -> Floats | None:
        """Return the model's persona input.

        An embedding in the model's terms, the photo, or nothing.
        """
        contract, family = self.contract, self.contract.family
        if contract.source is None:
            return None
        if contract.source_px:
            matrix = crop_matrix(family.source_template, photo.points, contract.source_px)
            blob = _blob(contract.source_px, family)
            fill(blob, cut(photo.pixels, matrix, contract.source_px), family)
            return blob
        assert embedding is not None
        if not family.unit:
            return embedding
        latent = embedding if self._map is None else embedding @ self._map
        return np.asarray(latent / np.linalg.norm(latent), np.float32)

    def fill_inputs(self, crop: Pixels, source: Floats | None) -> Mapping[str, Floats]:
        """Return the model's inputs for a crop (n, n, 3) BGR; valid until the next call."""
        fill(self._blob, crop, self.contract.family)
        given = {self.contract.face: self._blob}
        if source is not None and self.contract.source is not None:
            given[self.contract.source] = source
        return given | make_fixed_inputs(self.contract)

    def swap(self, crop: Pixels, source: Floats | None) -> SwapResult:
        """Return the new face for a crop (n, n, 3) uint8 BGR and a `source`.

        Raises:
            EngineError: The model fails, or gives no picture: numbers that are none, another shape.
        """
        inputs = self.fill_inputs(crop, source)
        begin_ns = self._clock.now_ns()
        outputs = self._runner.run(inputs)
        self.passes_ns.append(self._clock.now_ns() - begin_ns)
        planes = _planes(outputs[self.contract.picture], self.contract)
        if not np.isfinite(planes).all():
            raise EngineError(f"{self._graph.path.name} gave numbers that are none", advice="use its float32 file")
        picture = to_picture(planes[:3], self.contract.family)
        mask = planes[3] if len(planes) == 4 else None
        if self.contract.mask is not None:
            mask = outputs[self.contract.mask].reshape(planes.shape[1:])
        if mask is not None and not np.isfinite(mask).all():
            raise EngineError(f"{self._graph.path.name} gave a mask of no numbers", advice="use its float32 file")
        border = measure_border(self.contract.side_px)
        return SwapResult(picture, border if mask is None else np.minimum(border, _bytes(mask * 255)))

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._runner.close()


def make_fixed_inputs(contract: Contract) -> dict[str, Floats]:
    """Return the inputs that never change."""
    return {name: np.full(1, value, np.float32) for name, value in (contract.fixed or {}).items()}


@cache
def measure_border(side_px: int) -> NDArray[np.uint8]:
    """Opacity (n, n) of a crop that fades towards its border."""
    mask = np.zeros((side_px, side_px), np.uint8)
    width = max(side_px // _BORDER_SHARE, 1)
    mask[width:-width, width:-width] = 255
    faded = np.asarray(cv2.blur(mask, (2 * width + 1,) * 2, borderType=cv2.BORDER_CONSTANT), np.uint8)
    faded.flags.writeable = False
    return faded


def make_trial_inputs(model: SwapModel) -> Mapping[str, Floats]:
    """Return inputs for a trial.

    A smooth picture and a unit embedding, the same every time.
    """
    rng = np.random.default_rng(1)
    side, contract = model.contract.side_px, model.contract
    crop = cv2.GaussianBlur(rng.integers(0, 256, (side, side, 3), np.uint8), (0, 0), 3)
    source: Floats | None = None
    if contract.source_px:
        source = _blob(contract.source_px, contract.family)
        fill(source, cv2.resize(crop, (contract.source_px, contract.source_px)).astype(np.uint8), contract.family)
    elif contract.source is not None:
        source = rng.normal(0, 1, (1, EMBEDDING)).astype(np.float32)
        source /= np.linalg.norm(source)
    return model.fill_inputs(np.asarray(crop, np.uint8), source)


def _blob(side_px: int, family: Family) -> Floats:
    return np.zeros((1, 3, side_px, side_px) if family.layout == "nchw" else (1, side_px, side_px, 3), np.float32)


def fill(blob: Floats, crop: Pixels, family: Family) -> None:
    """Write a crop (n, n, 3) BGR into a family's input.

    The input is (1, 3, n, n) or (1, n, n, 3).
    """
    planes = cv2.split(crop)
    for channel in range(3):
        plane = planes[channel if family.channels == "bgr" else 2 - channel]
        target = blob[0, channel] if family.layout == "nchw" else blob[0, :, :, channel]
        np.multiply(plane, np.float32(1 / 255 / family.spread[channel]), out=target)
        if family.mean[channel]:
            target -= np.float32(family.mean[channel] / family.spread[channel])


def _planes(output: Floats, contract: Contract) -> Floats:
    """Return an output as channels (3 or 4, n, n).

    Raises:
        EngineError: Another shape.
    """
    values = output[0] if output.ndim == 4 and len(output) == 1 else output
    if contract.family.layout == "nhwc" and values.ndim == 3:
        values = values.transpose(2, 0, 1)
    side = contract.side_px
    if values.shape not in ((3, side, side), (4, side, side)):
        raise EngineError(
            f"the model gave {output.shape} where a picture of {side} px was expected", advice="use another model"
        )
    return values


def to_picture(planes: Floats, family: Family) -> Pixels:
    """Return colours (3, n, n) of a family as (n, n, 3) uint8 BGR."""
    order = range(3) if family.channels == "bgr" else range(2, -1, -1)
    made = []
    for channel in order:
        scale, offset = (family.spread[channel], family.mean[channel]) if family.gives_spread else (1.0, 0.0)
        made.append(_bytes(planes[channel] * np.float32(255 * scale) + np.float32(255 * offset)))
    return np.asarray(cv2.merge(made), np.uint8)


def _bytes(values: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
