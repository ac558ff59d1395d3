"""Textures of a neural engine: the newest frame goes in, the newest texture comes out, at the engine's own pace."""

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Condition, Event, Lock
from typing import Protocol

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import EngineError
from livecam.core.frame import Frame
from livecam.core.ports import TextureEngine, TextureEnhancer
from livecam.core.priority import work_in_background
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
    """A frame, the faces in it, and the persona's texture at the time: what is made of it serves that persona only.

    Attributes:
        enhance: Whether there is room for a costly enhancement.
    """

    frame: Frame
    faces: Sequence[TrackedFace]
    persona: FaceTexture
    enhance: bool = False


@dataclass(frozen=True, slots=True)
class TextureRules:
    """How long textures serve.

    Attributes:
        oldest_ns: A texture made for a frame this much older is not drawn any more.
        kept: Faces whose last texture is remembered.
        searched: So many textures are searched for the live face at first, and after one was refused.
        search_after_ns: Later one is searched when so much time has passed since the last.
    """

    oldest_ns: int = NS_PER_S
    kept: int = 8
    searched: int = 10
    search_after_ns: int = 100 * NS_PER_MS


class TextureProvider(Protocol):
    """Where the step leaves frames and finds textures."""

    def offer(self, job: TextureRequest) -> None:
        """Leave a frame for the engine."""
        ...

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Return when a frame has its textures, or at once when it will hardly have them by `until_ns`."""
        ...

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """The newest texture of a face that may be drawn in a frame of that time; None: the photo's is to serve."""
        ...


class NoTextures:
    """For engines whose first texture serves for ever."""

    def offer(self, job: TextureRequest) -> None:
        """Nothing is made."""

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """Nothing to wait for."""

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """None, always."""
        return None


class TextureMaker:
    """Asks a live engine and keeps what it gave. Whoever makes (a worker, or a replay in turn) calls `make`.

    Attributes:
        trouble: Why the last texture could not be made; None when it was.
        last_failure: Why the last one that could not be made could not; None when there is no such one.
    """

    def __init__(
        self,
        engine: TextureEngine,
        meter: Meter,
        rules: TextureRules | None = None,
        enhancer: TextureEnhancer | None = None,
    ) -> None:
        self.trouble: str | None = None
        self.last_failure: str | None = None
        self._engine, self._meter = engine, meter
        self._rules, self._enhancer = rules or TextureRules(), enhancer
        self._lock = Lock()
        self._made: dict[int, tuple[FaceTexture, FaceTexture | None]] = {}
        self._accepted, self._searched_ns = 0, 0

    def make(self, job: TextureRequest) -> bool:
        """A texture for every face of the job; False when the engine failed on one.

        What an engine gives is looked at first: the live face itself, or a scrap of one, is no texture.
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
            finer, why = self._enhanced(texture, job, live, search)
            trouble = trouble or why
            self._keep(tracked.track_id, job.persona, finer)
        self.trouble = trouble
        return True

    def _search_due(self, captured_ns: int) -> bool:
        """Whether this frame's textures are searched for the live face: the first ones all, then one now and then."""
        due = self._accepted < self._rules.searched or captured_ns - self._searched_ns >= self._rules.search_after_ns
        if due:
            self._searched_ns = captured_ns
        return due

    def _look_at(self, texture: FaceTexture, live: LiveFace, search: bool, track_id: int, persona: FaceTexture) -> None:
        """Refuse what is not to be drawn, and what was made of that face before.

        Raises:
            EngineError: It may not be drawn.
        """
        if why := live.refused(texture, search):
            self._accepted = 0
            self._keep(track_id, persona, None)
            raise EngineError(why, advice="another model, or another persona")
        self._accepted += 1

    def _enhanced(
        self, texture: FaceTexture, job: TextureRequest, live: LiveFace, search: bool
    ) -> tuple[FaceTexture, str | None]:
        """The texture made finer where there is room; itself where there is none, or where that failed, and why."""
        if self._enhancer is None or (self._enhancer.costly and not job.enhance):
            return texture, None
        try:
            with self._meter.stage("enhance"):
                finer = self._enhancer.enhance(texture)
                if why := live.refused(finer, search):
                    raise EngineError(why, advice="another model, or another persona")
        except EngineError as error:
            self.last_failure = f"not made finer: {error}"
            self._meter.count("enhance_failures")
            return texture, self.last_failure
        self._meter.count("enhanced")
        return finer, None

    def _keep(self, track_id: int, persona: FaceTexture, texture: FaceTexture | None) -> None:
        """`texture`: None when the persona's photo is to take its place at once."""
        with self._lock:
            self._made.pop(track_id, None)
            self._made[track_id] = persona, texture
            while len(self._made) > self._rules.kept:
                del self._made[next(iter(self._made))]

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """As `TextureProvider.newest`."""
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
    """Makes a texture when a frame is offered: for replays, where every frame gets one."""

    def __init__(self, maker: TextureMaker) -> None:
        self.maker = maker

    def offer(self, job: TextureRequest) -> None:
        """Make it now."""
        self.maker.make(job)

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """They are there."""

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """As `TextureProvider.newest`."""
        return self.maker.newest(track_id, persona, captured_ns)


class TextureWorker:
    """Makes textures in a thread of its own; frames it has no time for are left out.

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
        """Leave it; an older one that still lies there is replaced."""
        self.jobs.put(job)

    def wait(self, captured_ns: int, until_ns: int) -> None:
        """As `TextureProvider.wait`: worth it when the engine is usually quick enough and is idle."""
        with self._ready:
            late = self._usual_ns is None or self._clock.now_ns() + self._usual_ns > until_ns
            if late or (self._begun_for_ns is not None and self._begun_for_ns < captured_ns):
                return
            while self._ready_for_ns < captured_ns and self._clock.now_ns() < until_ns:
                self._clock.wait_until_ns(self._ready, until_ns)

    def newest(self, track_id: int, persona: FaceTexture, captured_ns: int) -> FaceTexture | None:
        """As `TextureProvider.newest`."""
        return self.maker.newest(track_id, persona, captured_ns)

    def turn(self) -> bool:
        """Work on one frame if there is one; False when no more will come. After a failure there is a pause."""
        job = self.jobs.take(self._clock.now_ns() + _IDLE_NS)
        if job is None:
            return not self.jobs.drained
        if not self._made(job):
            self._clock.sleep_until_ns(self._clock.now_ns() + _PAUSE_NS)
        return True

    def _made(self, job: TextureRequest) -> bool:
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
        """Work until the frames end or the session does, behind everything else this machine has to do."""
        work_in_background()
        while not stopping.is_set() and self.turn():
            pass

    def close(self) -> None:
        """No more frames will be offered."""
        self.jobs.close()
