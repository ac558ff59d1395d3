"""Detect (SCRFD) and embed (ArcFace) the photo's face by `insightface`.

Only where it is installed.
"""

from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from engines.face.network import ERRORS_ONLY, FAILURES
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import CPU
from engines.swap.neural.templates import five_points
from livecam.config.paths import home_folder
from livecam.core.errors import EngineError
from livecam.core.texture import FaceTexture

_LOOKED_AT_PX = 640
_LASTS_OF_SCRFD = [1] * 3 + [4] * 3 + [10] * 3
"""Scores, boxes and five points, at three strides: the last sizes of its outputs."""


def list_packs() -> list[Path]:
    """Return folders of the models that InsightFace itself fetched."""
    return sorted((home_folder() / ".insightface" / "models").glob("*/"))


def embed_by_insightface(embedder: Graph, photo: FaceTexture, folders: Iterable[Path]) -> NDArray[np.float32] | None:
    """Return the embedding (1, 512) of a photo's face.

    None where insightface is not installed.

    The face is where an SCRFD model of these folders finds it, or without one where the photo's mesh is.

    Raises:
        EngineError: InsightFace fails on the embedder.
    """
    try:
        from insightface.model_zoo.arcface_onnx import ArcFaceONNX
        from insightface.model_zoo.scrfd import SCRFD
    except ImportError:
        return None
    points = five_points(photo.points)
    try:
        for path in (path for folder in folders for path in sorted(folder.glob("*.onnx"))):
            if is_scrfd(path):
                points = _find_points(SCRFD(str(path), _session(path)), photo, points)
                break
        network = ArcFaceONNX(str(embedder.path), _session(embedder.path))
        given = network.get(photo.pixels, SimpleNamespace(kps=points.astype(np.float32)))
    except (*FAILURES, ValueError, RuntimeError, AssertionError, IndexError) as error:
        what = " ".join(str(error).split())[:200]
        raise EngineError(f"insightface fails on {embedder.path.name}: {what}", advice="use another file") from error
    return np.asarray(given, np.float32).reshape(1, -1)


def is_scrfd(path: Path) -> bool:
    """Whether a file is a detector of InsightFace's with points."""
    try:
        graph = read_graph(path)
    except EngineError:
        return False
    lasts = sorted(value.shape[-1] for value in graph.outputs if value.shape)
    return len(graph.inputs) == 1 and lasts == _LASTS_OF_SCRFD


def _find_points(detector: Any, photo: FaceTexture, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the five points of the face nearest to the photo's.

    Those there are when it finds none.
    """
    detector.prepare(-1)
    _, found = detector.detect(photo.pixels, input_size=(_LOOKED_AT_PX, _LOOKED_AT_PX))
    if found is None or len(found) == 0:
        return points
    middle = points.mean(0)
    return np.asarray(min(found, key=lambda five: float(np.linalg.norm(five.mean(0) - middle))), np.float64)


def _session(path: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = ERRORS_ONLY
    return onnxruntime.InferenceSession(str(path), options, providers=[CPU.official])
