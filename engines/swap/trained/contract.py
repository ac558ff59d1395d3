"""The contract `livecam-atlas`.

A model of one person's face in the atlas, known by the metadata in its file.

Inputs are `atlas` 1x3xNxN (BGR, colour over slow skin colour, 1 is plain skin) and `expression` 1x1404 (the mesh,
unposed, in outer eye distances). The output is `texture` 1x4xNxN, the persona in the same coding, and its opacity.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import FLOAT32, Graph, Weight
from livecam.core.errors import EngineError
from livecam.core.face import POINT_COUNT, Points
from livecam.video.atlas.layout import LAYOUT_SHA256, SPACE

FAMILY: Final = "livecam-atlas"
ATLAS, EXPRESSION, TEXTURE = "atlas", "expression", "texture"
CALM_ATLAS, CALM_POINTS, SHAPE, TONE = "calm_atlas", "calm_points", "shape", "tone"
"""Weights with constants: the driver's calm face (3, n, n) and mesh (468, 3); the persona's shape and skin colour."""
SPACE_NOTE, LAYOUT_NOTE, OPENINGS_NOTE, STAGE_NOTE = (
    "livecam.space",
    "livecam.layout",
    "livecam.eyes_and_mouth",
    "livecam.stage",
)
NUMBERS: Final = 3 * POINT_COUNT
_SIDES_PX: Final = range(64, 513)
_MAKE_AGAIN: Final = "make it again: livecam train run NAME"
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class AtlasContract:
    """What one model says of itself.

    Attributes:
        side_px: Side of the atlas.
        shape: (468, 3) the persona's own shape.
        tone: (3,) the persona's skin colour BGR, 0..255.
        calm_points: (468, 3) the driver's calm mesh, unposed.
        calm_atlas: (3, n, n) the driver's calm face.
        is_own: Whether it draws eyes and inner mouth; else the live ones stay.
        stage: How it was made.
    """

    side_px: int
    shape: Points
    tone: Floats
    calm_points: Points
    calm_atlas: Floats
    is_own: bool
    stage: str


def is_atlas_model(graph: Graph) -> bool:
    """Whether a file says that it is of this contract, right or not."""
    return SPACE_NOTE in graph.notes


def match_atlas(graph: Graph, data: bytes) -> AtlasContract:
    """Return the contract of a model.

    Args:
        graph: What the file holds.
        data: The file's bytes.

    Raises:
        EngineError: It is of another layout, or inputs, outputs or constants are not as they must be.
    """
    name, notes = graph.path.name, graph.notes
    if notes.get(SPACE_NOTE) != SPACE or notes.get(LAYOUT_NOTE) != LAYOUT_SHA256:
        raise EngineError(f"{name} was made for another layout of the face", advice=_MAKE_AGAIN)
    inputs = {value.name: value for value in graph.inputs}
    side = inputs[ATLAS].shape[-1] if ATLAS in inputs and inputs[ATLAS].shape else 0
    wanted = {ATLAS: (1, 3, side, side), EXPRESSION: (1, NUMBERS)}
    if side not in _SIDES_PX or {value.name: value.shape for value in graph.inputs} != wanted:
        raise EngineError(f"{name} is no model of {FAMILY}: {graph.summary}", advice=_MAKE_AGAIN)
    if [(value.name, value.shape) for value in graph.outputs] != [(TEXTURE, (1, 4, side, side))]:
        raise EngineError(f"{name} gives no texture with opacity: {graph.summary}", advice=_MAKE_AGAIN)
    return AtlasContract(
        side,
        _constant(graph, data, SHAPE, (POINT_COUNT, 3)),
        _constant(graph, data, TONE, (3,)),
        _constant(graph, data, CALM_POINTS, (POINT_COUNT, 3)),
        _constant(graph, data, CALM_ATLAS, (3, side, side)),
        notes.get(OPENINGS_NOTE) == "own",
        notes.get(STAGE_NOTE, "unknown"),
    )


def _constant(graph: Graph, data: bytes, name: str, shape: tuple[int, ...]) -> Floats:
    found = next((weight for weight in graph.weights if weight.name == name), None)
    if found is None or found.shape != shape or not _is_plain(found):
        raise EngineError(f"{graph.path.name} lacks its constant {name} {shape}", advice=_MAKE_AGAIN)
    values = np.frombuffer(data[found.begin : found.end], "<f4").reshape(shape)
    if not np.isfinite(values).all():
        raise EngineError(f"{graph.path.name}: its constant {name} holds numbers that are none", advice=_MAKE_AGAIN)
    return values.astype(np.float32)


def _is_plain(weight: Weight) -> bool:
    size_bytes = 4 * int(np.prod(weight.shape))
    return weight.element == FLOAT32 and weight.external is None and weight.end - weight.begin == size_bytes
