"""Ask a live engine for textures, check them, and keep what it gave."""

from dataclasses import dataclass
from threading import Lock

from livecam.core.clock import NS_PER_MS, NS_PER_S
from livecam.core.errors import EngineError
from livecam.core.ports import TextureEngine, TextureEnhancer
from livecam.core.texture import FaceTexture
from livecam.timing.meter import Meter
from livecam.video.pipeline.texture_check import LiveFace
from livecam.video.pipeline.texture_provider import TextureRequest


@dataclass(frozen=True, slots=True)
class TextureConfig:
    """How long textures are used.

    Attributes:
        oldest_ns: Age relative to the frame from which a texture is not drawn.
        kept: Number of faces with a remembered texture.
        searched: Number of first textures that are searched for the live face, also after a rejection.
        search_after_ns: Later, time between two searched textures.
    """

    oldest_ns: int = NS_PER_S
    kept: int = 8
    searched: int = 10
    search_after_ns: int = 100 * NS_PER_MS


class TextureMaker:
    """Calls a live engine and keeps its results.

    A worker, or a replay in turn, calls `make`.

    Attributes:
        trouble: Why the last texture could not be made; None when it was.
        last_failure: Why the last failure happened; None without one.
    """

    def __init__(
        self,
        engine: TextureEngine,
        meter: Meter,
        rules: TextureConfig | None = None,
        enhancer: TextureEnhancer | None = None,
    ) -> None:
        self.trouble: str | None = None
        self.last_failure: str | None = None
        self._engine, self._meter = engine, meter
        self._rules, self._enhancer = rules or TextureConfig(), enhancer
        self._lock = Lock()
        self._made: dict[int, tuple[FaceTexture, FaceTexture | None]] = {}
        self._accepted, self._searched_ns = 0, 0

    def make(self, job: TextureRequest) -> bool:
        """Make a texture for every face of the request.

        A texture is checked first: the live face itself, or a part of one, is rejected.

        Returns:
            False when the engine failed on a face.
        """
        trouble = None
        search = self._search_due(job.frame.captured_ns)
        for tracked in job.faces:
            try:
                with self._meter.stage("texture"):
                    live = LiveFace(job.frame, tracked.mesh)
                    texture = self._engine.refresh(job.frame, tracked.mesh)
                    self._look_at(texture, live, search, tracked.track_id, job.persona)
            except EngineError as error:
                self.last_failure = str(error)
                self.trouble = f"{error}; the photo serves"
                self._meter.count("texture_failures")
                return False
            self._meter.count("textures")
            finer, why = self._enhance(texture, job, live, search)
            trouble = trouble or why
            self._keep(tracked.track_id, job.persona, finer)
        self.trouble = trouble
        return True

    def _search_due(self, captured_ns: int) -> bool:
        """Whether this frame's textures are searched for the live face.

        The first ones all are, later ones sometimes.
        """
        due = self._accepted < self._rules.searched or captured_ns - self._searched_ns >= self._rules.search_after_ns
        if due:
            self._searched_ns = captured_ns
        return due

    def _look_at(self, texture: FaceTexture, live: LiveFace, search: bool, track_id: int, persona: FaceTexture) -> None:
        """Reject a texture that may not be drawn, and forget the face's earlier ones.

        Raises:
            EngineError: It may not be drawn.
        """
        if why := live.reject_reason(texture, search):
            self._accepted = 0
            self._keep(track_id, persona, None)
            raise EngineError(why, advice="another model, or another persona")
        self._accepted += 1

    def _enhance(
        self, texture: FaceTexture, job: TextureRequest, live: LiveFace, search: bool
    ) -> tuple[FaceTexture, str | None]:
        """Return the texture refined, where there is room, and why it failed if so.

        Otherwise it is the texture itself.
        """
        if self._enhancer is None or (self._enhancer.costly and not job.enhance):
            return texture, None
        try:
            with self._meter.stage("enhance"):
                finer = self._enhancer.enhance(texture)
                if why := live.reject_reason(finer, search):
                    raise EngineError(why, advice="another model, or another persona")
        except EngineError as error:
            self.last_failure = f"not made finer: {error}"
            self._meter.count("enhance_failures")
            return texture, self.last_failure
        self._meter.count("enhanced")
        return finer, None

    def _keep(self, track_id: int, persona: FaceTexture, texture: FaceTexture | None) -> None:
        """Keep a texture; None makes the persona's photo replace it at once."""
        with self._lock:
            self._made.pop(track_id, None)
            self._made[track_id] = persona, texture
            while len(self._made) > self._rules.kept:
                del self._made[next(iter(self._made))]

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Do what `TextureProvider.newest` does."""
        with self._lock:
            made_for, texture = self._made.get(track_id, (None, None))
        if made_for is not persona:
            return None
        if texture is None:
            return persona
        age_ns = captured_ns - texture.made_for_ns
        if age_ns > self._rules.oldest_ns:
            return None
        self._meter.add("texture_age", age_ns)
        return texture


class InlineTextureProvider:
    """Makes a texture when a frame is offered.

    A replay uses it, as every frame gets one.
    """

    def __init__(self, maker: TextureMaker) -> None:
        self.maker = maker

    def offer(self, job: TextureRequest) -> None:
        """Make the texture now."""
        self.maker.make(job)

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Return at once: the textures are ready."""

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Do what `TextureProvider.newest` does."""
        return self.maker.newest(track_id, persona, captured_ns)
