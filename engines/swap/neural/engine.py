"""Neural face textures: cut the face out, swap it, and place the result by mesh."""

from collections.abc import Mapping
from pathlib import Path
from statistics import median

import cv2
import numpy as np
import onnxruntime

from engines.face.crop import cut
from engines.onnx.admission import admit
from engines.onnx.graph import Graph, read_graph
from engines.onnx.providers import PROVIDERS, Provider, choose_provider
from engines.onnx.threads import choose_thread_count
from engines.store.catalogue import find_in_folders
from engines.store.pins import Pins
from engines.swap.neural.boxed import BoxedModel, BoxedRunner
from engines.swap.neural.contracts import match_contract
from engines.swap.neural.identity import embed_photo, find_embedder
from engines.swap.neural.insight import embed_by_insightface, list_packs
from engines.swap.neural.model import Floats, SwapModel, crop_matrix
from engines.swap.neural.tensorrt_cache import engines_folder, find_ready_folder, make_key
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
    """A texture engine around a swap model.

    The photo's texture comes first and is the fallback.
    """

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
        """The result of its trial, and the network's time since."""
        passes_ns = list(self._model.passes_ns)
        pass_ms = {"pass_ms": round(median(passes_ns) / NS_PER_MS, 2)} if passes_ns else {}
        ended = self._model.facts if isinstance(self._model, BoxedModel) else {}
        return {**self._facts, **pass_ms, **ended}

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the photo's texture, as the photo engine makes it.

        The model is given the persona.

        Raises:
            PhotoError: The photo cannot be used.
            EngineError: The persona's embedding cannot be found.
        """
        texture = self._photo.prepare(persona)
        embedding = None if self._embedder is None else self._embed(self._embedder, persona)
        self._source, self._prepared = self._model.encode_source(persona.photo, embedding), True
        return texture

    def _embed(self, embedder: Graph, persona: Persona) -> Floats:
        """Return the embedding of the photo, by insightface where it is installed.

        The facts name the network.
        """
        theirs = embed_by_insightface(embedder, persona.photo, (embedder.path.parent, *list_packs()))
        self._facts = {**self._facts, "embedded_by": "livecam" if theirs is None else "insightface"}
        return embed_photo(embedder, persona.photo) if theirs is None else theirs

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return the persona's face for this very frame, as colours, with the mesh in it.

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


def parse_model_name(argument: str) -> tuple[Path, str | None]:
    """Return the file and, after a last "@", the provider: "swap.onnx@cuda".

    Raises:
        EngineError: No file is named.
    """
    path, at, provider = argument.rpartition("@")
    known = {provider.name for provider in PROVIDERS}
    if not (at and provider in known):
        path, provider = argument, ""
    if not path:
        raise EngineError("onnx: names no model", advice="name a file after the colon: onnx:PATH/MODEL.onnx")
    return Path(path).expanduser(), provider or None


def open_engine(argument: str = "") -> OnnxEngine:
    """Entry point `onnx`: "MODEL.onnx", or "MODEL.onnx@PROVIDER".

    Raises:
        EngineError: The file is no swap model, does not run where it should, or fails its trial.
    """
    path, name = parse_model_name(argument)
    path = find_in_folders(path, data_folder() / "models")
    Pins.of(path.parent).check(path)
    graph = read_graph(path)
    contract = match_contract(graph)
    provider = choose_provider(name, onnxruntime.get_available_providers())
    embedder = None
    if contract.source is not None and not contract.source_px:
        embedder = find_embedder((path.parent, data_folder() / "models"), path)
        admit(embedder.path)
    fingerprint = admit(path)
    folder = None
    if provider.name == "tensorrt":
        folder = str(find_ready_folder(graph, make_key(graph), engines_folder()))
    runner = BoxedRunner(graph, contract, provider, choose_thread_count(), folder, fingerprint=fingerprint)
    model, trial = BoxedModel(graph, contract, runner), runner.trial
    return OnnxEngine(model, embedder, _facts(graph, model, provider, runner), trial.network_ms <= QUICK_MS)


def _facts(graph: Graph, model: SwapModel, provider: Provider, runner: BoxedRunner) -> Mapping[str, object]:
    """Return what a report says about the model."""
    trial = runner.trial
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
