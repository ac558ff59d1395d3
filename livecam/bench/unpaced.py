"""Process frames as fast as possible, next to a minimal program in the same run."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace

import numpy as np

from livecam.app.components import Components
from livecam.app.pipeline import build_step
from livecam.bench.pictures import Case, JpegCamera, reflect_index
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, ManualClock, SystemClock, process_cpu_ns
from livecam.core.errors import EngineError
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FaceFinder
from livecam.devices.pixel_formats.i420 import I420Buffer
from livecam.disclosure.picture import Marker
from livecam.timing.meter import Meter

WARMUP = 30
PERIOD_NS = NS_PER_S // 30


@dataclass(frozen=True, slots=True)
class Unpaced:
    """Figures of one case; times in milliseconds, each with p50, p95 and p99.

    Attributes:
        case: What the pictures show.
        face_px: Height of the face, first picture.
        frames: How many were measured.
        held: Frames for which no picture was made; if there are many, the times are too low.
        reasons: What was done with the frames and why, by number of frames.
        frames_ms: Whole and floor of every frame, in order, to compare two runs.
        whole_ms: From the grab until the sink has the picture.
        stage_ms: By stage.
        floor_ms: The mesh network alone and one copy of the frame.
        ratio: Whole over floor, both p50.
        fps: Frames per second of the whole, from its p50.
        outside_ms: What is not in the whole: decoding a webcam's JPEG, which a live session does in another thread,
            and the conversion for a virtual camera.
        cpu_ms: Processor time per frame, all threads, of the whole and of the floor.
        cpu_ratio: One over the other. A busy machine changes it too, but less than the times.
    """

    case: Case
    face_px: int
    frames: int
    held: int
    reasons: dict[str, int]
    frames_ms: dict[str, list[float]]
    whole_ms: dict[str, float]
    stage_ms: dict[str, dict[str, float]]
    floor_ms: dict[str, float]
    ratio: float
    fps: float
    outside_ms: dict[str, dict[str, float]]
    cpu_ms: dict[str, float]
    cpu_ratio: float

    def to_dict(self) -> dict[str, object]:
        """Return plain types for JSON."""
        return asdict(self)


def measure_unpaced(
    settings: Settings, parts: Components, pictures: Sequence[Pixels], case: Case, frames: int
) -> Unpaced:
    """Run the step of a session over the pictures, back and forth.

    Decisions follow a clock that advances by a thirtieth of a second per frame. So a slow machine does the same work
    as a fast one. Times are the machine's.

    Raises:
        EngineError: There is no face in the pictures, or a network fails.
    """
    settings = replace(settings, fps=30.0, faces="all" if case.twins else settings.faces)
    _run(settings, parts, pictures, min(WARMUP, frames))
    meter, both, cpu, held = _run(settings, parts, pictures, frames)
    stages = meter.summarize_ms()
    stages.pop("process", None)
    whole_ms, floor_ms = _percentiles(both["whole"]), _percentiles(both["floor"])
    return Unpaced(
        case=case,
        face_px=_face_px(parts.finder, pictures[0]),
        frames=frames,
        held=held,
        reasons=dict(meter.reasons),
        frames_ms={name: [round(ms, 2) for ms in times] for name, times in both.items()},
        whole_ms=whole_ms,
        stage_ms=stages,
        floor_ms=floor_ms,
        ratio=round(whole_ms["p50"] / floor_ms["p50"], 2),
        fps=round(1000 / whole_ms["p50"], 1),
        outside_ms=_outside_ms(pictures[0]),
        cpu_ms={name: round(spent_ns / NS_PER_MS / frames, 4) for name, spent_ns in cpu.items()},
        cpu_ratio=round(cpu["whole"] / cpu["floor"], 2),
    )


def _run(
    settings: Settings, parts: Components, pictures: Sequence[Pixels], frames: int
) -> tuple[Meter, dict[str, list[float]], Mapping[str, int], int]:
    """Return the stages.

    These are "whole" and "floor" of every frame, the processor time of both, and how many frames were held.
    """
    time, meter = ManualClock(), Meter(SystemClock())
    both = Stopwatch()
    size_wh = pictures[0].shape[1], pictures[0].shape[0]
    marker = Marker(size_wh, settings.plate_corner)
    step = build_step(settings.engine_group, settings.fps, parts, marker, meter, time, mirror=settings.mirror)
    hint: FaceBox | FaceMesh = _only_face(parts.finder, pictures[0])
    held = 0
    for number in range(frames):
        time.advance_ns(PERIOD_NS)
        with both("whole"):
            frame = Frame(pictures[reflect_index(number, len(pictures))], time.now_ns(), number)
            picture = step.process(frame)
            if picture is not None:
                with meter.stage("sink"):
                    parts.sink.send(picture)
        held += picture is None
        with both("floor"):
            hint = parts.finder.mesh(frame, hint)
            frame.pixels.copy()
    return meter, both.times_ms, both.cpu_ns, held


class Stopwatch:
    """Times blocks by name, and the processor time of all threads in them."""

    def __init__(self) -> None:
        self.times_ms: dict[str, list[float]] = {}
        self.cpu_ns: Counter[str] = Counter()
        self._clock = SystemClock()

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        """Time the block."""
        begin_ns, begin_cpu_ns = self._clock.now_ns(), process_cpu_ns()
        yield
        self.times_ms.setdefault(name, []).append((self._clock.now_ns() - begin_ns) / NS_PER_MS)
        self.cpu_ns[name] += process_cpu_ns() - begin_cpu_ns


def _percentiles(times_ms: Sequence[float]) -> dict[str, float]:
    return {f"p{p}": round(float(np.percentile(times_ms, p)), 3) for p in (50, 95, 99)}


def _outside_ms(picture: Pixels, repeats: int = 30) -> dict[str, dict[str, float]]:
    clock = ManualClock()
    camera = JpegCamera([picture], 30.0, clock)
    planes = I420Buffer((picture.shape[1], picture.shape[0]))
    meter = Meter(SystemClock())
    for _ in range(repeats):
        with meter.stage("jpeg"):
            camera.read()
        with meter.stage("i420"):
            planes.fill(picture)
    return meter.summarize_ms()


def _only_face(finder: FaceFinder, pixels: Pixels) -> FaceBox:
    faces = finder.detect(Frame(pixels, 0, 0))
    if not faces:
        raise EngineError("there is no face in the first picture of the benchmark", command="livecam doctor")
    return faces[0]


def _face_px(finder: FaceFinder, pixels: Pixels) -> int:
    top_bottom = finder.mesh(Frame(pixels, 0, 0), _only_face(finder, pixels)).points[:, 1]
    return round(float(np.max(top_bottom) - np.min(top_bottom)))


def is_real_time(result: Unpaced, rate_hz: float = 30.0) -> bool:
    """Whether a fifth of the period stays free in 19 of 20 frames.

    That is enough for a live session of that size.
    """
    return result.whole_ms["p95"] * NS_PER_MS <= 0.8 * NS_PER_S / rate_hz
