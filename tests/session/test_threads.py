"""The same workers in real threads: start, stop, errors, controls."""

import sys
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from livecam.app.components import Components
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.core.clock import SystemClock
from livecam.core.errors import OutputError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.frame import Frame
from livecam.core.payload import FACE, SYNTHETIC
from livecam.core.persona import PersonaKind
from livecam.core.supervisor import Supervisor
from livecam.core.texture import FaceTexture
from tests.session.stage import SIZE_WH, Shot, picture_of, synthetic_persona

PICTURE = picture_of(Shot())
SOURCE_S = 1000
"""How long 100,000 pictures take."""
PATIENCE_S = 600
"""Nothing takes that long, on however busy a machine: a guard against hanging."""


def session(frames: int, fail_at: tuple[int, ...] = (), **settings: object) -> Session:
    clock = SystemClock()
    source = FakeSource([PICTURE] * frames, 100.0, clock)
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=source,
        sink=FakeSink(SIZE_WH, fail_at),
    )
    return Session(Settings(persona="sam", fps=100, **settings), parts, clock)  # type: ignore[arg-type]


def run_until(running: Session, done: Callable[[], bool]) -> None:
    """Let the session go on, however slow this machine is, until that has come."""
    for _ in running.reports(every_s=0.02):
        if done():
            running.stop()


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
    assert running.report().seconds < SOURCE_S


def test_a_duration_ends_a_session():
    with session(frames=100_000, duration_s=0.1) as running:
        list(running.reports(every_s=0.03))
    assert 0.05 < running.report().seconds < SOURCE_S


class LateFinder(FakeFinder):
    """Its first look takes until it is let go, as networks that load on a busy machine."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def detect(self, frame, quick=False):
        self.let_go.wait(20)
        return super().detect(frame, quick)


def test_a_duration_counts_from_the_first_frame_that_was_looked_at():
    clock, finder = SystemClock(), LateFinder()
    source = FakeSource([PICTURE] * 100_000, 100.0, clock)
    parts = Components(
        persona=synthetic_persona(), finder=finder, engine=FakeTextureEngine(), source=source, sink=FakeSink(SIZE_WH)
    )
    with Session(Settings(persona="sam", fps=100, duration_s=0.1), parts, clock) as running:
        reports = running.reports(every_s=0.01)
        for _ in range(20):
            assert next(reports).levels == {}
        finder.let_go.set()
        assert [report.levels for report in reports][-1]


def test_a_sink_that_breaks_ends_the_session_with_its_error():
    with pytest.raises(OutputError, match="set to fail"), session(frames=100_000, fail_at=(3,)) as running:
        list(running.reports(every_s=0.01))
    assert running.parts.sink.closed and running.parts.source.closed


def test_controls_take_effect_between_pictures():
    with session(frames=100_000) as running:
        running.mirror(True)
        running.strength(7)
        running.use(synthetic_persona("robin"))
        running.freeze(True)
        report = next(running.reports(every_s=0.01))
    assert report.engine.persona == "robin"
    assert report.engine.strength == 1.0


def test_a_persona_of_another_kind_changes_what_the_mark_says():
    own = synthetic_persona("me", PersonaKind.OWN)
    with session(frames=100_000) as running:
        before = running.payload
        running.use(own)
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
        self.let_go.wait(PATIENCE_S)
        return super().refresh(frame, face)


def live_session(engine: FakeTextureEngine) -> Session:
    clock = SystemClock()
    source = FakeSource([PICTURE] * 100_000, 100.0, clock)
    parts = Components(
        persona=synthetic_persona(), finder=FakeFinder(), engine=engine, source=source, sink=FakeSink(SIZE_WH, keep=1)
    )
    return Session(Settings(persona="sam", fps=100), parts, clock)


def test_a_model_that_hangs_blocks_neither_pictures_nor_the_end():
    engine = HungEngine()
    with live_session(engine) as running:
        run_until(running, engine.asked.is_set)
        assert engine.asked.is_set()
    report = running.report()
    assert report.engine.textures == 0
    engine.let_go.set()


def test_pictures_go_on_while_a_model_hangs():
    engine, sent_when_asked = HungEngine(), list[int]()

    def done() -> bool:
        sent = running.report().frames.sent
        if engine.asked.is_set() and not sent_when_asked:
            sent_when_asked.append(sent)
        return bool(sent_when_asked) and sent > sent_when_asked[0] + 10

    with live_session(engine) as running:
        run_until(running, done)
    report = running.report()
    assert report.frames.sent > sent_when_asked[0] + 10 and report.frames.captured > 0
    assert report.engine.textures == 0
    assert running.left == ("livecam-textures",)
    engine.let_go.set()


class HungSource(FakeSource):
    """Sits in a native call from its third picture on, until it is let go."""

    def __init__(self, clock: SystemClock) -> None:
        super().__init__([PICTURE] * 60, 100.0, clock)
        self.let_go, self.asked = threading.Event(), threading.Event()

    def read(self) -> Frame | None:
        if self._seq >= 2:
            self.asked.set()
            self.let_go.wait(20)
        return super().read()


def test_a_decoder_that_hangs_is_left_and_everything_is_closed(tmp_path):
    clock = SystemClock()
    source = HungSource(clock)
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=source,
        sink=FakeSink(SIZE_WH),
    )
    with Session(Settings(persona="sam", fps=100), parts, clock) as running:
        assert source.asked.wait(20)
    assert running.left == ("livecam-capture",)
    assert parts.sink.closed and source.closed and running.report().frames.captured >= 3
    source.let_go.set()


class SlowSink(FakeSink):
    """Its second picture takes until it is let go."""

    def __init__(self) -> None:
        super().__init__(SIZE_WH)
        self.let_go, self.asked = threading.Event(), threading.Event()

    def send(self, frame):
        if self.sends == 1:
            self.asked.set()
            self.let_go.wait(20)
            assert not self.closed
        super().send(frame)


def test_an_output_is_closed_after_its_last_send_and_the_wait_is_said():
    clock, sink, heard = SystemClock(), SlowSink(), []
    source = FakeSource([PICTURE] * 100_000, 100.0, clock)
    parts = Components(
        persona=synthetic_persona(), finder=FakeFinder(), engine=FakeTextureEngine(), source=source, sink=sink
    )

    def waited_for(names):
        heard.extend(names)
        sink.let_go.set()

    with Session(Settings(persona="sam", fps=100), parts, clock) as running:
        running.on_wait = waited_for
        assert sink.asked.wait(20)
    assert (heard, running.left) == (["livecam-writer"], ())


def test_a_live_engine_works_in_a_thread_of_its_own():
    engine = FakeTextureEngine(live=True)
    with live_session(engine) as running:
        run_until(running, lambda: engine.refreshes > 0)
    assert engine.refreshes > 0 and engine.closed


def test_the_first_exception_stops_all_and_is_raised():
    supervisor = Supervisor()
    ended = threading.Event()

    def patient(stopping: threading.Event) -> None:
        stopping.wait(PATIENCE_S)
        ended.set()

    def broken(stopping: threading.Event) -> None:
        raise ValueError("first")

    supervisor.start("patient", patient)
    supervisor.start("broken", broken)
    assert supervisor.stopping.wait(PATIENCE_S)
    with pytest.raises(ValueError, match="first"):
        supervisor.join(timeout_s=PATIENCE_S)
    assert ended.is_set()
    assert not supervisor.running


def test_a_worker_that_does_not_end_is_named():
    supervisor, release = Supervisor(), threading.Event()
    supervisor.start("stubborn", lambda stopping: bool(release.wait(PATIENCE_S)) or None)
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

    first = threading.Thread(target=running.appearance.change, args=(slowly,))
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
    running.use(synthetic_persona("me", PersonaKind.OWN))
    assert running._marker.payload == said and running.payload.flags == FACE
    running._step.process(Frame(PICTURE, running._clock.now_ns(), 0))
    running.parts.close()
    assert running._marker.payload == running.payload
