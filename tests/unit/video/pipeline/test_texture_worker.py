"""A quick engine is waited for, a slow or busy one is not."""

from threading import Event, Thread

import numpy as np
import pytest

from livecam.core.clock import NS_PER_MS as MS
from livecam.core.clock import ManualClock, SystemClock
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeTextureEngine, fake_face_points
from livecam.core.frame import Frame
from livecam.timing.meter import Meter
from livecam.video.pipeline.texture_maker import InlineTextureProvider, TextureMaker
from livecam.video.pipeline.texture_provider import NoTextures, TextureRequest
from livecam.video.pipeline.texture_worker import TextureWorker
from livecam.video.tracking.tracks import TrackedFace
from tests.session.stage import synthetic_persona

GREY = np.random.default_rng(1).integers(90, 110, (240, 320, 3), np.uint8)
ENGINE_MS = 5


class Timed(FakeTextureEngine):
    """Takes its time on a clock that only this moves, and tells when it begins."""

    def __init__(self, clock: ManualClock) -> None:
        super().__init__(live=True)
        self._clock = clock
        self.begun = lambda: None

    def refresh(self, frame, face):
        self.begun()
        self._clock.advance_ns(ENGINE_MS * MS)
        return super().refresh(frame, face)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1)


@pytest.fixture
def engine(clock) -> Timed:
    return Timed(clock)


@pytest.fixture
def persona(engine):
    return engine.prepare(synthetic_persona())


@pytest.fixture
def worker(engine, clock, persona) -> TextureWorker:
    return TextureWorker(TextureMaker(engine, Meter(clock)), clock)


def job(persona, captured_ns: int) -> TextureRequest:
    face = TrackedFace(1, FaceMesh(fake_face_points((160, 110), 60), 1.0, captured_ns))
    return TextureRequest(Frame(GREY, captured_ns, 0), [face], persona)


def waited_ms(worker: TextureWorker, clock: ManualClock, captured_ns: int, room_ms: int) -> float:
    begin_ns = clock.now_ns()
    worker.wait(captured_ns, begin_ns + room_ms * MS)
    return (clock.now_ns() - begin_ns) / MS


def test_an_engine_of_which_nothing_is_known_is_not_waited_for(worker, clock, persona):
    worker.offer(job(persona, 7))
    assert waited_ms(worker, clock, 7, room_ms=100) == 0


def test_a_texture_that_is_there_is_not_waited_for(worker, clock, persona):
    worker.offer(job(persona, 7))
    worker.turn()
    assert waited_ms(worker, clock, 7, room_ms=100) == 0


@pytest.mark.parametrize(("room_ms", "waited"), [(ENGINE_MS - 1, 0), (ENGINE_MS + 1, ENGINE_MS + 1)])
def test_it_is_waited_for_only_where_it_will_usually_be_done_in_time(worker, clock, persona, room_ms, waited):
    worker.offer(job(persona, 7))
    worker.turn()
    assert waited_ms(worker, clock, 8, room_ms) == waited


def test_an_engine_at_work_on_an_older_frame_is_not_waited_for(worker, engine, clock, persona):
    worker.offer(job(persona, 7))
    worker.turn()
    waited = []
    engine.begun = lambda: waited.append(waited_ms(worker, clock, 9, room_ms=100))
    worker.offer(job(persona, 8))
    worker.turn()
    assert waited == [0]


def test_a_frames_own_texture_comes_from_a_thread_within_the_wait():
    clock, far_ns = SystemClock(), 3600 * 1000 * MS
    engine = FakeTextureEngine(live=True)
    persona = engine.prepare(synthetic_persona())
    worker, stopping = TextureWorker(TextureMaker(engine, Meter(clock)), clock), Event()
    worker.offer(job(persona, 7))
    worker.turn()
    thread = Thread(target=worker.run, args=(stopping,))
    thread.start()
    try:
        for captured_ns in range(8, 40):
            worker.offer(job(persona, captured_ns))
            worker.wait(captured_ns, clock.now_ns() + far_ns)
            assert worker.newest(1, persona, captured_ns).made_for_ns == captured_ns
    finally:
        worker.close()
        thread.join(60)


def test_textures_made_in_turn_or_not_at_all_are_never_waited_for(engine, clock, persona):
    for textures in (NoTextures(), InlineTextureProvider(TextureMaker(engine, Meter(clock)))):
        textures.wait(7, clock.now_ns() + 1000 * MS)
    assert clock.now_ns() == 1
