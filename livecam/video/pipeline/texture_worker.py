"""Make textures with a neural engine, at the engine's own pace.

It takes the newest frame and returns the newest texture.
"""

from threading import Condition, Event

from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.priority import lower_priority
from livecam.core.texture import FaceTexture
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.texture_maker import TextureMaker
from livecam.video.pipeline.texture_provider import TextureRequest

_IDLE_NS = 100 * NS_PER_MS
_PAUSE_NS = 500 * NS_PER_MS
_LEARN = 0.2


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
