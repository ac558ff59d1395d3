"""The same workers in real threads: start, stop, errors, controls."""

import sys
import threading
from dataclasses import replace

import pytest

from livecam.config import Settings
from livecam.core.clock import SystemClock
from livecam.core.errors import OutputError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import Frame
from livecam.core.payload import FACE, SYNTHETIC
from livecam.core.persona import PersonaKind
from livecam.core.texture import FaceTexture
from livecam.parts import Parts
from livecam.session import Session
from livecam.supervisor import Supervisor
from tests.session.stage import SIZE_WH, Shot, picture_of, synthetic_persona

PICTURE = picture_of(Shot())


def session(frames: int, fail_at: tuple[int, ...] = (), **settings: object) -> Session:
    clock = SystemClock()
    source = FakeSource([PICTURE] * frames, 100.0, clock)
    parts = Parts(synthetic_persona(), FakeFinder(), FakeTextureEngine(), source, FakeSink(SIZE_WH, fail_at))
    return Session(Settings(persona="nobody", fps=100, **settings), parts, clock)  # type: ignore[arg-type]


def test_a_session_ends_with_its_source_and_closes_everything():
    with session(frames=10) as running:
        reports = list(running.reports(every_s=0.02))
    parts = running.parts
    assert parts.source.closed and parts.sink.closed and parts.finder.closed and parts.engine.closed
    assert running.report().frames.captured == 10
    assert len(reports) >= 1
    assert parts.sink.sends == running.report().frames.sent > 0


def test_stop_ends_a_session_at_once():
    with session(frames=100_000) as running:
        assert next(running.reports(every_s=0.01)).frames.captured >= 0
        running.stop()
        assert list(running.reports()) == []
    assert running.report().seconds < 5


def test_a_duration_ends_a_session():
    with session(frames=100_000, duration_s=0.1) as running:
        list(running.reports(every_s=0.03))
    assert 0.05 < running.report().seconds < 5


def test_a_sink_that_breaks_ends_the_session_with_its_error():
    with pytest.raises(OutputError, match="told to fail"), session(frames=100_000, fail_at=(3,)) as running:
        list(running.reports(every_s=0.01))
    assert running.parts.sink.closed and running.parts.source.closed


def test_controls_take_effect_between_pictures():
    with session(frames=100_000) as running:
        running.mirror(True)
        running.strength(7)
        running.use(synthetic_persona("somebody"))
        running.freeze(True)
        report = next(running.reports(every_s=0.01))
    assert report.engine["persona"] == "somebody"
    assert report.engine["strength"] == 1.0


def test_a_persona_of_another_kind_changes_what_the_mark_says():
    own = synthetic_persona("me")
    with session(frames=100_000) as running:
        before = running.payload
        running.use(replace(own, kind=PersonaKind.OWN))
        after = running.payload
    assert (before.flags, after.flags) == (FACE | SYNTHETIC, FACE)
    assert before.session == after.session


def test_the_pair_is_a_frame_and_its_picture():
    with session(frames=60) as running:
        list(running.reports(every_s=0.01))
    frame, picture = running.pair()
    assert frame.captured_ns == picture.captured_ns


class HungEngine(FakeTextureEngine):
    """Answers when it is let go."""

    def __init__(self) -> None:
        super().__init__(live=True)
        self.let_go, self.asked = threading.Event(), threading.Event()

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        self.asked.set()
        self.let_go.wait(20)
        return super().refresh(frame, face)


def test_a_model_that_hangs_neither_stops_the_pictures_nor_the_end_of_the_session():
    clock, engine = SystemClock(), HungEngine()
    source = FakeSource([PICTURE] * 60, 100.0, clock)
    parts = Parts(synthetic_persona(), FakeFinder(), engine, source, FakeSink(SIZE_WH))
    with Session(Settings(persona="nobody", fps=100), parts, clock) as running:
        list(running.reports(every_s=0.02))
        assert engine.asked.is_set()
    report = running.report()
    assert report.frames.captured == 60 and report.frames.sent > 0
    assert report.engine["textures"] == 0
    engine.let_go.set()


def test_a_live_engine_works_in_a_thread_of_its_own():
    clock, engine = SystemClock(), FakeTextureEngine(live=True)
    source = FakeSource([PICTURE] * 60, 100.0, clock)
    parts = Parts(synthetic_persona(), FakeFinder(), engine, source, FakeSink(SIZE_WH))
    with Session(Settings(persona="nobody", fps=100), parts, clock) as running:
        list(running.reports(every_s=0.02))
    assert engine.refreshes > 0 and engine.closed


def test_the_first_exception_stops_all_and_is_raised():
    supervisor = Supervisor()
    ended = threading.Event()

    def patient(stopping: threading.Event) -> None:
        stopping.wait(5)
        ended.set()

    def broken(stopping: threading.Event) -> None:
        raise ValueError("first")

    supervisor.start("patient", patient)
    supervisor.start("broken", broken)
    assert supervisor.stopping.wait(5)
    with pytest.raises(ValueError, match="first"):
        supervisor.join(timeout_s=5)
    assert ended.is_set()
    assert not supervisor.running


def test_a_worker_that_does_not_end_is_named():
    supervisor, release = Supervisor(), threading.Event()
    supervisor.start("stubborn", lambda stopping: bool(release.wait(5)) or None)
    assert supervisor.join(timeout_s=0.01) == ["livecam-stubborn"]
    release.set()


def test_changes_by_several_threads_undo_none_of_the_others():
    running = session(frames=0)
    personas = [synthetic_persona(f"persona {n}") for n in range(8)]

    def change(number: int) -> None:
        for _ in range(200):
            running.mirror(number % 2 == 0)
            running.strength(number / 8)
            running.use(personas[number])

    threads = [threading.Thread(target=change, args=(n,)) for n in range(8)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
        running.parts.close()
    look = running._step.look
    last = personas[int(look.name.split()[1])]
    assert look.texture is last.photo and look.photo is last.photo


def test_a_change_that_waits_for_another_keeps_what_that_one_did():
    running = session(frames=0)
    inside, let_go = threading.Event(), threading.Event()

    def slowly(look):
        inside.set()
        let_go.wait(20)
        return replace(look, mirror=True)

    first = threading.Thread(target=running._change, args=(slowly,))
    first.start()
    inside.wait(20)
    second = threading.Thread(target=running.strength, args=(0.25,))
    second.start()
    let_go.set()
    first.join()
    second.join()
    running.parts.close()
    assert running._step.look.mirror and running._step.look.strength == 0.25


def test_face_and_mark_change_in_the_same_picture():
    running = session(frames=0)
    said = running._marker.payload
    running.use(replace(synthetic_persona("me"), kind=PersonaKind.OWN))
    assert running._marker.payload == said and running.payload.flags == FACE
    running._step.process(Frame(PICTURE, running._clock.now_ns(), 0))
    running.parts.close()
    assert running._marker.payload == running.payload
