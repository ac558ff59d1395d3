"""Face restorers (GFPGAN, GPEN, RestoreFormer).

A texture in, a finer one out, at 256 to 1024 px.
"""

from collections.abc import Mapping

import cv2
import numpy as np
import onnxruntime

from engines.face.crop import cut
from engines.onnx.admission import admit
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import choose_provider
from engines.onnx.threads import choose_thread_count
from engines.store.catalogue import find_in_folders
from engines.store.pins import Pins
from engines.swap.neural.boxed import BoxedModel, BoxedRunner
from engines.swap.neural.contracts import Contract, Family
from engines.swap.neural.engine import parse_model_name
from engines.swap.neural.model import SwapModel, crop_matrix, measure_border
from engines.swap.neural.templates import Matrix
from livecam.config.paths import data_folder
from livecam.core.errors import EngineError
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture

RESTORER = Family("restorer", "ffhq", (0.5, 0.5, 0.5), (0.5, 0.5, 0.5), gives_spread=True)
"""RGB in -1..1 both ways, the face aligned as in FFHQ: so GFPGAN, GPEN and RestoreFormer were trained."""
SIDES_PX = (256, 512, 1024)
BLEND = 0.8
"""How much of the restored face is taken; all of it looks like wax, and users of these models blend by a fifth."""


def match_restorer(graph: Graph) -> Contract | None:
    """Return the contract of a restorer: one picture in, the same size out.

    None when the graph is none.
    """
    if len(graph.inputs) != 1 or not graph.outputs:
        return None
    face, made = graph.inputs[0], graph.outputs[0]
    side = face.shape[-1] if face.shape else 0
    wanted = {(batch, 3, side, side) for batch in (0, 1)}
    if side not in SIDES_PX or face.shape not in wanted or made.shape not in wanted or face.name == "face":
        return None
    return Contract(RESTORER, side, face.name, 0)


class RestoreEnhancer:
    """A restorer on one provider. Not for two threads at a time."""

    costly = True

    def __init__(self, model: SwapModel, facts: Mapping[str, object]) -> None:
        self._facts, self._model = facts, model

    @property
    def facts(self) -> Mapping[str, object]:
        """What it was found to be at its trial, and why its process was ended, each time."""
        ended = self._model.facts if isinstance(self._model, BoxedModel) else {}
        return {**self._facts, **{f"enhance_{name}": why for name, why in ended.items()}}

    def enhance(self, texture: FaceTexture) -> FaceTexture:
        """Return the texture at the model's size, restored where it is opaque.

        The same face, the same frame.

        Raises:
            EngineError: The model failed or gave no picture.
        """
        side = self._model.contract.side_px
        matrix = crop_matrix(RESTORER.template, texture.points, side)
        crop = _cut_to_border(texture.pixels, matrix, side)
        restored = self._model.swap(crop, None).picture
        opaque = np.full(texture.pixels.shape[:2], 255, np.uint8) if texture.alpha is None else texture.alpha
        alpha = cv2.warpAffine(opaque, matrix, (side, side), flags=cv2.INTER_LINEAR)
        points = texture.points @ matrix[:, :2].T + matrix[:, 2]
        return FaceTexture(
            pixels=np.asarray(cv2.addWeighted(restored, BLEND, crop, 1 - BLEND, 0), np.uint8),
            points=np.asarray(points, np.float32),
            alpha=np.minimum(alpha, measure_border(side)).astype(np.uint8),
            made_for_ns=texture.made_for_ns,
            eyes_and_mouth=texture.eyes_and_mouth,
        )

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._model.close()


def _cut_to_border(pixels: Pixels, matrix: Matrix, side: int) -> Pixels:
    """Return the crop (n, n, 3), its outside filled with the texture's border.

    So the model sees no black edge.
    """
    if cv2.norm(matrix[0, :2]) < 1:
        return cut(pixels, matrix, side)
    made = cv2.warpAffine(pixels, matrix, (side, side), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def open_enhancer(argument: str = "") -> RestoreEnhancer:
    """Open `onnx` of the group `livecam.enhancers`.

    The name is "MODEL.onnx", or "MODEL.onnx@PROVIDER".

    Raises:
        EngineError: The file is no restorer, does not run where it should, or fails its trial.
    """
    path, name = parse_model_name(argument)
    path = find_in_folders(path, data_folder() / "models")
    Pins.of(path.parent).check(path)
    graph = read_graph(path)
    contract = match_restorer(graph)
    if contract is None:
        raise EngineError(
            f"{path.name} restores no faces: {graph.summary}",
            advice="expected one input and output 1x3xNxN of 256, 512 or 1024 px: GFPGAN, GPEN, RestoreFormer",
        )
    provider = choose_provider(name, onnxruntime.get_available_providers())
    runner = BoxedRunner(graph, contract, provider, choose_thread_count(), fingerprint=admit(path))
    facts = {"enhance": path.name, "enhance_px": contract.side_px, "enhance_ms": runner.trial.network_ms}
    return RestoreEnhancer(BoxedModel(graph, contract, runner), facts)
