"""Compute the persona's embedding with an ArcFace-shaped network.

The network is next to the model or among livecam's models.
"""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.onnx.graph import Graph, read_graph
from engines.onnx.nearby import find_graphs
from engines.onnx.providers import CPU
from engines.swap.neural.boxed import BoxedRunner
from engines.swap.neural.contracts import EMBEDDING, read_sidecar
from engines.swap.neural.model import Passes
from engines.swap.neural.templates import Matrix, matrix_to
from livecam.core.errors import EngineError
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture

Floats = NDArray[np.float32]
SIDE_PX = 112
_FIRST_OPERATORS = 8


def is_embedder(graph: Graph) -> bool:
    """Whether a graph maps a face (1, 3, 112, 112) to an embedding (1, 512)."""
    if len(graph.inputs) != 1 or len(graph.outputs) != 1:
        return False
    face, embedding = graph.inputs[0].shape, graph.outputs[0].shape
    return len(face) == 4 and face[1:] == (3, SIDE_PX, SIDE_PX) and len(embedding) == 2 and embedding[1] == EMBEDDING


def find_embedder(folders: Iterable[Path], model: Path) -> Graph:
    """Return the one embedder in these folders.

    Raises:
        EngineError: There is none, or more than one.
    """
    folders = list(folders)
    if named := read_sidecar(model).get("embedder"):
        return _find_named(named, folders, model)
    found = [graph for graph in find_graphs(folders, model) if is_embedder(graph)]
    if len(found) == 1:
        return found[0]
    if found:
        raise EngineError(
            f"{model.name} needs one network that embeds faces, there are {len(found)}: "
            + ", ".join(str(graph.path) for graph in found),
            advice="leave the one it was trained with",
        )
    raise EngineError(
        f"{model.name} needs a network that embeds faces (1x3x112x112 in, 1x512 out), and none is in {model.parent}",
        advice="put the one it was trained with next to it, for inswapper ArcFace's w600k_r50.onnx",
    )


def _find_named(name: str, folders: Iterable[Path], model: Path) -> Graph:
    """Return the embedder that the sidecar names."""
    for folder in folders:
        if Path(name).name == name and (folder / name).is_file():
            graph = read_graph(folder / name)
            if is_embedder(graph):
                return graph
    raise EngineError(f"{model.name} needs {name}, which embeds faces and is not here", command="livecam models list")


def embed_photo(graph: Graph, photo: FaceTexture) -> Floats:
    """Return the embedding (1, 512) of a photo's face, as the network gives it.

    Raises:
        EngineError: The network fails, or gives nothing.
    """
    return embed_crop(graph, photo.pixels, matrix_to("arcface_112", photo.points, SIDE_PX))


def embed_crop(graph: Graph, pixels: Pixels, matrix: Matrix, runner: Passes | None = None) -> Floats:
    """Return the embedding (1, 512) of the face that a matrix (2, 3) cuts out.

    Args:
        graph: The network.
        pixels: The picture.
        matrix: From the picture to the crop.
        runner: Runs the network; None starts a process for this one crop.

    Raises:
        EngineError: The network fails, or gives nothing.
    """
    crop = cv2.warpAffine(pixels, matrix, (SIDE_PX, SIDE_PX))
    rgb = crop[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    values = {graph.inputs[0].name: rgb if _normalises(graph) else (rgb - 127.5) / 127.5}
    if runner is None:
        with closing(BoxedRunner(graph, None, CPU, 1)) as own:
            given = own.run(values)[0]
    else:
        given = runner.run(values)[0]
    length = float(np.linalg.norm(given))
    if not np.isfinite(length) or length == 0:
        raise EngineError(f"{graph.path.name} gives no embedding of the photo", advice="use another file")
    return given.astype(np.float32).reshape(1, EMBEDDING)


def _normalises(graph: Graph) -> bool:
    """Whether the network scales bytes itself, by its first operators.

    InsightFace decides in the same way.
    """
    first = graph.operators[:_FIRST_OPERATORS]
    return "Sub" in first and bool({"Mul", "Div"} & set(first))
