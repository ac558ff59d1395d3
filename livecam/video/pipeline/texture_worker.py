"""Make textures with a neural engine, at the engine's own pace.

It takes the newest frame and returns the newest texture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition, Event, Lock
from typing import Protocol

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import EngineError
from livecam.core.frame import Frame
from livecam.core.ports import TextureEngine, TextureEnhancer
from livecam.core.priority import lower_priority
from livecam.core.texture import FaceTexture
from livecam.timing.meter import Meter
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.texture_check import LiveFace
from livecam.video.tracking.tracks import TrackedFace

_IDLE_NS = 100 * NS_PER_MS
_PAUSE_NS = 500 * NS_PER_MS
_LEARN = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class TextureRequest:
    """A frame, its faces, and the persona's texture at the time.

    Its result is for that persona only.

    Attributes:
        enhance: Whether there is room for a costly enhancement.
    """

    frame: Frame
    faces: Sequence[TrackedFace]
    persona: FaceTexture
    enhance: bool = False


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


class TextureProvider(Protocol):
    """Takes frames from the pipeline, and gives it textures."""

    def offer(self, job: TextureRequest) -> None:
        """Offer a frame to the engine."""
        ...

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Wait until a frame has its textures.

        It returns at once when that is unlikely by `until_ns`.
        """
        ...

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Return the newest texture that may be drawn in a frame of that time.

        None means the photo's.
        """
        ...


class NoTextures:
    """A provider for engines with one constant texture."""

    def offer(self, job: TextureRequest) -> None:
        """Ignore the frame."""

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Return at once."""

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Return None."""
        return None


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


class TextureWorker:
    """Makes textures in a thread of its own, and skips frames without time.

    Attributes:
        jobs: The newest frame offered.
    """

    def __init__(self, maker: TextureMaker, clock: Clock) -> None:
        self.maker = maker
        self._clock = clock
        self.jobs: Mailbox[TextureRequest] = Mailbox(clock)
        self._ready = Condition()
        self._ready_for_ns = 0
        self._usual_ns: int | None = None
        self._begun_for_ns: int | None = None

    def offer(self, job: TextureRequest) -> None:
        """Queue the frame in place of an older one."""
        self.jobs.put(job)

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Wait as `TextureProvider.wait` does.

        It waits only for an idle engine that is usually quick enough.
        """
        with self._ready:
            late = self._usual_ns is None or self._clock.now_ns() + self._usual_ns > until_ns
            if late or (self._begun_for_ns is not None and self._begun_for_ns < captured_ns):
                return
            while self._ready_for_ns < captured_ns and self._clock.now_ns() < until_ns:
                self._clock.wait_until_ns(self._ready, until_ns)

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """Do what `TextureProvider.newest` does."""
        return self.maker.newest(track_id, persona, captured_ns)

    def turn(self) -> bool:
        """Process one frame if there is one; return False when no more will come.

        A pause follows a failure.
        """
        job = self.jobs.take(self._clock.now_ns() + _IDLE_NS)
        if job is None:
            return not self.jobs.is_drained
        if not self._make_next(job):
            self._clock.sleep_until_ns(self._clock.now_ns() + _PAUSE_NS)
        return True

    def _make_next(self, job: TextureRequest) -> bool:
        begin_ns = self._clock.now_ns()
        with self._ready:
            self._begun_for_ns = job.frame.captured_ns
        made = self.maker.make(job)
        spent_ns = self._clock.now_ns() - begin_ns
        with self._ready:
            self._ready_for_ns, self._begun_for_ns = job.frame.captured_ns, None
            known = spent_ns if self._usual_ns is None else self._usual_ns
            self._usual_ns = known + int(_LEARN * (spent_ns - known))
            self._ready.notify_all()
        return made

    def run(self, stopping: Event) -> None:
        """Work at low priority until the frames or the session end."""
        lower_priority()
        while not stopping.is_set() and self.turn():
            pass

    def close(self) -> None:
        """End after the last frame."""
        self.jobs.close()
