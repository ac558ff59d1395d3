"""A neural engine at its own pace: the picture keeps the camera's rate; no fault of the engine shows the real face."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest

from engines.swap.simulated.engine import SimulatedEngine
from livecam.app.components import Components
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, ManualClock
from livecam.core.errors import EngineError
from livecam.core.face import FaceMesh
from livecam.core.fakes import FakeEnhancer, FakeFinder, FakeSource, FakeTextureEngine, fake_face_points
from livecam.core.frame import Frame
from livecam.core.texture import FaceTexture
from livecam.timing.budget import Level
from livecam.video.pipeline.texture_provider import TextureRequest
from tests.session.stage import EYE_DISTANCE_PX, JudgedSink, Shot, picture_of, synthetic_persona

PERIOD_NS = 33_333_333
FACE = Shot()
RED = (20, 20, 230)


class PaintedEngine(FakeTextureEngine):
    """Gives the persona's drawing in red, and what a test sets instead."""

    def __init__(self, instead: Callable[[Frame, FaceMesh, FaceTexture], FaceTexture] | None = None) -> None:
        super().__init__(live=True)
        self.instead = instead
        self.given: list[FaceTexture] = []

    def refresh(self, frame: Frame, face: FaceMesh) -> FaceTexture:
        texture = super().refresh(frame, face)
        red = replace(texture, pixels=_checked(texture.pixels.shape))
        self.given.append(red if self.instead is None else self.instead(frame, face, red))
        return self.given[-1]


def _checked(shape: tuple[int, ...]) -> np.ndarray:
    """A red chequerboard: one colour alone is no picture of a face."""
    rows, columns = np.indices(shape[:2]) // 8 % 2
    return np.where((rows == columns)[..., None], RED, np.multiply(RED, 0.8)).astype(np.uint8)


@dataclass
class Staged:
    """A session on a manual clock with an engine that takes `engine_ms` of it, next to the camera."""

    session: Session
    sink: JudgedSink
    clock: ManualClock
    engine_ms: int
    job: TextureRequest | None = None
    ready_ns: int = 0

    def frame(self) -> bool:
        """One frame of the camera through all workers; the engine gives what is due at the same time."""
        session = self.session
        if not session.capture.turn():
            return False
        session.process.turn()
        self.engine_turn()
        session.writer.turn()
        return True

    def engine_turn(self) -> None:
        worker, now_ns = self.session.textures, self.clock.now_ns()
        if self.job is not None and now_ns >= self.ready_ns:
            worker.maker.make(self.job)
            self.job = None
        if self.job is None and (job := worker.jobs.take()) is not None:
            self.job, self.ready_ns = job, now_ns + self.engine_ms * NS_PER_MS


def staged(engine: FakeTextureEngine, frames: int, engine_ms: int = 0, shots: list[Shot] | None = None) -> Staged:
    clock = ManualClock(1)
    shots = shots or [FACE] * frames
    sink = JudgedSink(shots, clock)
    finder = FakeFinder([[fake_face_points(c, EYE_DISTANCE_PX) for c in shot.faces] for shot in shots])
    source = FakeSource((picture_of(shot) for shot in shots), 30.0, clock)
    session = Session(
        Settings(persona="sam"),
        Components(persona=synthetic_persona(), finder=finder, engine=engine, source=source, sink=sink),
        clock,
    )
    return Staged(session, sink, clock, engine_ms)


def redness(stage: Staged) -> float:
    """How red the cheeks of the last picture are, 0..1."""
    patch = stage.sink.frames[-1].pixels[112:124, 140:180].astype(float).mean((0, 1))
    return float(patch[2] / patch.sum())


def played(stage: Staged) -> Staged:
    while stage.frame():
        pass
    return stage


def test_a_model_slower_than_the_camera_costs_no_picture():
    stage = played(staged(PaintedEngine(), 240, engine_ms=80))
    report = stage.session.report()
    assert report.frames.held == report.frames.late == report.frames.replaced == 0
    assert report.frames.sent == report.frames.captured == 240
    made = report.engine.textures
    assert 70 <= made <= 90
    # Three frames to make it, one until it is drawn, three until the next one comes.
    assert 130 < report.engine.texture_age_ms["p50"] < 170
    assert report.engine.texture_age_ms["p99"] < 205
    assert stage.sink.leaks == []


@pytest.mark.parametrize("engine_ms", [20, 80, 300])
def test_the_newest_texture_is_drawn(engine_ms):
    stage = played(staged(PaintedEngine(), 120, engine_ms))
    plain = played(staged(PaintedEngine(_raises), 120))
    assert redness(stage) > redness(plain) + 0.05


def _itself(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    return FaceTexture(frame.pixels.copy(), face.points[:, :2].copy(), made_for_ns=frame.captured_ns)


def _blank(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    return replace(red, pixels=np.full_like(red.pixels, RED))


def _scrap(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    return replace(red, alpha=np.zeros(red.pixels.shape[:2], np.uint8))


def _nowhere(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    return replace(red, points=np.full_like(red.points, np.nan))


def _raises(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    raise EngineError("out of GPU memory", advice="a smaller model")


@pytest.mark.parametrize(
    ("fault", "words"),
    [(_itself, "live face back"), (_scrap, "too much of the face open"), (_nowhere, "without places"),
     (_blank, "one colour"),
     (_raises, "out of GPU memory")],
)  # fmt: skip
def test_a_fault_of_the_engine_shows_the_photo_says_why_and_heals(fault, words):
    engine = PaintedEngine(fault)
    stage = staged(engine, 240)
    for _ in range(120):
        stage.frame()
    report = stage.session.report()
    assert words in report.reason and "the photo serves" in report.reason
    assert words in report.engine.last_failure
    assert report.frames.held == 0 and report.engine.textures == 0 and report.engine.failures > 0
    engine.instead = None
    played(stage)
    assert "the photo serves" not in stage.session.report().reason
    assert stage.session.report().engine.textures > 0
    assert stage.sink.leaks == []


def test_an_engine_that_stalls_fades_to_the_photo_and_comes_back():
    stage = staged(PaintedEngine(), 600)
    for _ in range(90):
        stage.frame()
    red = redness(stage)
    stage.engine_ms = 10_000
    for _ in range(60):
        stage.frame()
    assert redness(stage) < red - 0.05
    stage.job, stage.engine_ms = None, 0
    for _ in range(60):
        stage.frame()
    assert redness(stage) == pytest.approx(red, abs=0.02)
    assert stage.sink.leaks == [] and stage.session.report().frames.held == 0


def test_another_persona_is_shown_at_once_never_with_the_old_texture():
    stage = staged(PaintedEngine(), 200)
    for _ in range(90):
        stage.frame()
    red = redness(stage)
    stage.session.use(synthetic_persona("robin"))
    stage.engine_ms = 10_000
    stage.frame()
    assert redness(stage) < red - 0.05


def test_a_lost_face_leaves_its_texture_behind():
    gone = [FACE] * 100 + [Shot(faces=())] * 40 + [Shot(faces=((220.0, 110.0),))] * 60
    stage = played(staged(PaintedEngine(), 0, 80, gone))
    assert stage.sink.leaks == []
    assert stage.sink.shown[-1] >= len(gone) - 2


SPOT = 4


def _spotted(frame: Frame, face: FaceMesh, red: FaceTexture) -> FaceTexture:
    """The frame it was made for as texture, all red, with a dark spot on the tip of the nose."""
    pixels = np.full_like(frame.pixels, RED)
    cv2.circle(pixels, tuple(np.rint(face.points[SPOT, :2]).astype(int).tolist()), 5, (0, 0, 40), -1)
    return FaceTexture(pixels, face.points[:, :2].copy(), made_for_ns=frame.captured_ns, eyes_and_mouth="own")


def spot_in(stage: Staged, centre: tuple[float, float]) -> np.ndarray:
    """Middle of the dark spot in the last picture, looked for near the face."""
    left, top = int(centre[0]) - 24, int(centre[1]) + 4
    patch = stage.sink.frames[-1].pixels[top : top + 48, left : left + 48, 2].astype(float)
    weight = np.clip(np.median(patch) - patch - 30, 0, None)
    rows, columns = np.mgrid[: patch.shape[0], : patch.shape[1]]
    return np.array([left + (columns * weight).sum() / weight.sum(), top + (rows * weight).sum() / weight.sum()])


def test_a_texture_100_ms_old_is_within_2_percent_of_the_face():
    way = [Shot(faces=((100.0 + 1.2 * max(n - 70, 0), 100.0),)) for n in range(140)]
    engine = PaintedEngine(_spotted)
    stage = staged(engine, 0, 100, way)
    ours, old_box = [], []
    for number in range(len(way)):
        used = engine.given[-1] if engine.given else None
        stage.frame()
        if number < 100 or used is None:
            continue
        centre = way[number].faces[0]
        truth = fake_face_points(centre, EYE_DISTANCE_PX)[SPOT, :2]
        ours.append(np.linalg.norm(spot_in(stage, centre) - truth) / EYE_DISTANCE_PX)
        old_box.append(np.linalg.norm(used.points[SPOT] - truth) / EYE_DISTANCE_PX)
    assert np.mean(ours) < 0.02 < np.mean(old_box)
    assert stage.sink.leaks == []


def test_the_slow_engine_takes_its_time_on_the_clock_it_is_given():
    from livecam.personas.built_in import open_builtin

    clock = ManualClock()
    engine = SimulatedEngine(100, clock)
    engine.prepare(open_builtin("kim"))
    frame = Frame(picture_of(FACE), 5, 0)
    texture = engine.refresh(frame, FaceMesh(fake_face_points(FACE.faces[0], EYE_DISTANCE_PX), 1.0, 5))
    assert clock.now_ns() == 100 * NS_PER_MS
    assert texture.made_for_ns == 5


def test_enhancement_is_the_first_to_go_when_frames_are_late():
    enhancer = FakeEnhancer()
    run = staged(PaintedEngine(), 90)
    run.session.parts = replace(run.session.parts, enhancer=enhancer)
    run.session._build(run.session.parts.persona)
    budget = run.session._step._budget
    for _ in range(20):
        run.frame()
    assert run.session._step.level is Level.ENHANCE and enhancer.enhanced > 0
    # The first frame of which a cost is known is not judged; of the others two are enough.
    for _ in range(3):
        budget.observe(Level.ENHANCE, PERIOD_NS, in_time=False)
    before = enhancer.enhanced
    textures = run.session._meter.counts.textures
    for _ in range(10):
        run.frame()
    assert run.session._step.level is Level.REFRESH
    assert run.session._meter.counts.textures > textures and enhancer.enhanced <= before + 1
    assert run.session.report().engine.enhanced == enhancer.enhanced
