"""Face textures by a model that the user trained of the persona.

See `livecam train run`.
"""

from collections import deque
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Final

from engines.onnx.threads import choose_thread_count
from engines.swap.photo.engine import PhotoEngine
from engines.swap.trained.model import TrainedModel
from livecam.config.paths import data_folder
from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock
from livecam.core.errors import EngineError, PersonaError
from livecam.core.face import FaceMesh
from livecam.core.frame import Frame
from livecam.core.persona import Persona
from livecam.core.texture import FaceTexture
from livecam.personas.model_store import ModelStore

_CHECK_EVERY_NS: Final = 2 * NS_PER_S
_REMEMBERED: Final = 200


class TrainedEngine:
    """Textures of the persona's own model.

    The photo's texture comes first and is the fallback.

    Args:
        store: Where the models and their records are.
    """

    def __init__(self, store: ModelStore) -> None:
        self._store = store
        self._photo = PhotoEngine()
        self._model: TrainedModel | None = None
        self._name = ""
        self._sha256 = ""
        self._clock = SystemClock()
        self._checked_ns: int | None = None
        self._passes_ns: deque[int] = deque(maxlen=_REMEMBERED)
        self._facts: Mapping[str, object] = {}

    @property
    def live(self) -> bool:
        """True: every frame gets a new texture."""
        return True

    @property
    def facts(self) -> Mapping[str, object]:
        """What the model is and how long a texture takes."""
        took = {"texture_ms": round(median(self._passes_ns) / NS_PER_MS, 2)} if self._passes_ns else {}
        return {**self._facts, **took}

    def prepare(self, persona: Persona) -> FaceTexture:
        """Return the photo's texture, and load the model of the persona.

        Raises:
            PhotoError: The photo cannot be used.
            PersonaError: The persona has no model.
            ConsentError: The model may not run: consent ended or was taken back, or the file is not the one signed.
            EngineError: The file is no such model.
        """
        texture = self._photo.prepare(persona)
        stored = self._store.load(persona.name)
        model = TrainedModel(stored.path, stored.data, min(choose_thread_count(), 2))
        self.close()
        self._name, self._sha256, self._checked_ns = persona.name, stored.record.model_sha256, None
        self._model = model
        self._facts = {
            "model": stored.path.name,
            "family": "livecam-atlas",
            "stage": model.contract.stage,
            "side_px": model.contract.side_px,
            "provider": "cpu",
        }
        return texture

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        """Return the persona's face for this very frame.

        Raises:
            EngineError: The model failed, or may not run any more.
        """
        model = self._model
        if model is None:
            raise EngineError("the engine was given no persona", advice="prepare comes before refresh")
        begin_ns = self._clock.now_ns()
        self._check_consent(begin_ns)
        texture = model.draw(frame.pixels, face.points, frame.captured_ns)
        self._passes_ns.append(self._clock.now_ns() - begin_ns)
        return texture

    def _check_consent(self, now_ns: int) -> None:
        """Ask every two seconds whether the model may still run.

        Raises:
            EngineError: It may not.
        """
        if self._checked_ns is not None and now_ns - self._checked_ns < _CHECK_EVERY_NS:
            return
        try:
            record = self._store.check(self._name)
        except PersonaError as error:
            raise EngineError(str(error), **error.remedy) from error
        if record.model_sha256 != self._sha256:
            raise EngineError(f"the model of {self._name} was replaced", advice="start livecam again")
        self._checked_ns = now_ns

    def close(self) -> None:
        """Free the model; may be called twice."""
        if self._model is not None:
            self._model.close()
        self._model = None


def open_engine(argument: str = "") -> TrainedEngine:
    """Entry point `trained`, or `trained:FOLDER` with the models' data folder."""
    return TrainedEngine(ModelStore(Path(argument) if argument else data_folder()))
