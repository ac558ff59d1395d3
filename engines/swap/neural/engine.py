"""Neural face textures: the face is cut out, a model makes the persona of it, and the mesh knows where that lies."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import onnxruntime

from engines.face.crop import cut
from engines.onnx.admission import admit
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import PROVIDERS, Provider, chosen
from engines.onnx.threads import threads
from engines.store.catalogue import in_folder
from engines.store.pins import Pins
from engines.swap.neural.boxed import BoxedModel, BoxedRunner
from engines.swap.neural.contracts import contract_of
from engines.swap.neural.identity import embedding_of, find_embedder
from engines.swap.neural.insight import embedding_by_insightface, packs
from engines.swap.neural.model import Floats, SwapModel, crop_matrix
from engines.swap.neural.tensorrt_cache import engines_folder, key_here, ready_folder
from engines.swap.photo.engine import PhotoEngine
from livecam.config.paths import data_folder
from livecam.core.clock import NS_PER_MS
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.texture import FaceTexture

QUICK_MS = 40.0
"""A network this quick draws its own eyes and mouth; with a slower one they would lag, so the live ones stay."""


class OnnxEngine:
    """A swap model as maker of textures; the photo's texture comes first and stays the one to fall back on."""

    def __init__(self, model: SwapModel, embedder: Graph | None, facts: Mapping[str, object], quick: bool) -> None:
        self._facts = facts
        self._model, self._embedder, self._quick = model, embedder, quick
        self._photo = PhotoEngine()
        self._source: Floats | None = None
        self._prepared = False

    @property
    def live(self) -> bool:
        """True: every frame may get a new texture."""
        return True

    @property
    def facts(self) -> Mapping[str, object]:
        """What it was found to be at its trial, and how long the network alone has taken since."""
        passes_ns = list(self._model.passes_ns)
        pass_ms = {"pass_ms": round(median(passes_ns) / NS_PER_MS, 2)} if passes_ns else {}
        ended = self._model.facts if isinstance(self._model, BoxedModel) else {}
        return {**self._facts, **pass_ms, **ended}

    def prepare(self, persona: Persona) -> FaceTexture:
        """The photo's texture, as the photo engine makes it; the model is given the persona.

        Raises:
            PhotoError: The photo cannot be used.
            EngineError: The persona's embedding cannot be found.
        """
        texture = self._photo.prepare(persona)
        embedding = None if self._embedder is None else self._embedded(self._embedder, persona)
        self._source, self._prepared = self._model.source(persona.photo, embedding), True
        return texture

    def _embedded(self, embedder: Graph, persona: Persona) -> Floats:
        """Whom the photo shows, by insightface where that is installed; the facts say by whom."""
        theirs = embedding_by_insightface(embedder, persona.photo, (embedder.path.parent, *packs()))
        self._facts = {**self._facts, "embedded_by": "livecam" if theirs is None else "insightface"}
        return embedding_of(embedder, persona.photo) if theirs is None else theirs

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """The persona's face for this very frame, as colours, with the mesh in it.

        Raises:
            EngineError: The model failed or gave no picture.
        """
        if not self._prepared:
            raise EngineError("the engine was given no persona", advice="prepare comes before refresh")
        contract = self._model.contract
        matrix = crop_matrix(contract.family.template, face.points, contract.side_px)
        crop = cut(frame.pixels, matrix, contract.side_px, plain=True)
        made = self._model.swap(crop, self._source)
        points = cv2.transform(face.points[None, :, :2], matrix)[0]
        return FaceTexture(
            pixels=made.picture,
            points=np.asarray(points, np.float32),
            alpha=made.alpha,
            made_for_ns=frame.captured_ns,
            eyes_and_mouth="own" if self._quick else "live",
        )

    def close(self) -> None:
        """Free the model; may be called twice."""
        self._model.close()


def named_model(argument: str) -> tuple[Path, str | None]:
    """The file and, after a last "@", the provider: "swap.onnx@cuda".

    Raises:
        EngineError: No file is named.
    """
    path, at, provider = argument.rpartition("@")
    known = {provider.name for provider in PROVIDERS}
    if not (at and provider in known):
        path, provider = argument, ""
    if not path:
        raise EngineError("the engine 'onnx' is given no model", command="livecam run --engine onnx:PATH/MODEL.onnx …")
    return Path(path).expanduser(), provider or None


def open_engine(argument: str = "") -> OnnxEngine:
    """Entry point `onnx`: "MODEL.onnx", or "MODEL.onnx@PROVIDER".

    Raises:
        EngineError: The file is no swap model, does not run where it should, or fails its trial.
    """
    path, name = named_model(argument)
    path = in_folder(path, data_folder() / "models")
    Pins.of(path.parent).check(path)
    graph = read_graph(path)
    contract = contract_of(graph)
    provider = chosen(name, onnxruntime.get_available_providers())
    embedder = None
    if contract.source is not None and not contract.source_px:
        embedder = find_embedder((path.parent, data_folder() / "models"), path)
        admit(embedder.path)
    fingerprint = admit(path)
    folder = None
    if provider.name == "tensorrt":
        folder = str(ready_folder(graph, key_here(graph), engines_folder()))
    runner = BoxedRunner(graph, contract, provider, threads(), folder, fingerprint=fingerprint)
    model, trial = BoxedModel(graph, contract, runner), runner.found
    return OnnxEngine(model, embedder, _facts(graph, model, provider, runner), trial.network_ms <= QUICK_MS)


def _facts(graph: Graph, model: SwapModel, provider: Provider, runner: BoxedRunner) -> Mapping[str, object]:
    """What a report says about it."""
    trial = runner.found
    facts: dict[str, object] = {
        "model": graph.path.name,
        "family": model.contract.family.name,
        "side_px": model.contract.side_px,
        "provider": provider.name,
        "network_ms": trial.network_ms,
    }
    if trial.cpu_ms is not None:
        facts |= {"cpu_ms": trial.cpu_ms, "difference": trial.difference, "recorded": runner.ready["recorded"]}
    return facts
