"""Run the whole video benchmark.

It measures every case unpaced, one live session, and fresh processes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import partial

from livecam.app.components import Components
from livecam.app.persona_choice import choose_persona
from livecam.bench.jobs import BenchJob, Tell, run_jobs
from livecam.bench.paced import Live, measure_live
from livecam.bench.pictures import P720, SCENES, SIZES, Case, load_pictures, preload
from livecam.bench.startup import Startup, measure_startup
from livecam.bench.unpaced import WARMUP, Unpaced, measure_unpaced
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, ManualClock, SystemClock
from livecam.core.files.own_files import MADE_BY
from livecam.core.frame import Frame, Pixels
from livecam.core.places import redact_paths
from livecam.core.ports import TextureEngine
from livecam.core.report import SCHEMA
from livecam.devices.sink import open_sink
from livecam.devices.source import open_source
from livecam.host.machine import describe_machine
from livecam.host.other_load import OtherPrograms
from livecam.plugins import open_enhancer, open_face_finder, open_face_refiner, open_texture_engine

PACED = P720
_FIRST, _FRAME_MS = SIZES[1], 25.0
LEAST = 5
"""Fewest frames of a case, however slow the engine."""


@dataclass(frozen=True, slots=True)
class BenchConfig:
    """How much is measured.

    Attributes:
        cases: What is run unpaced.
        frames: Frames of each.
        paced_s: Length of the live session at 720p; 0 leaves it out.
        startups: Fresh processes; 0 leaves them out.
        engine_s: Time limit of a live engine for each case.
    """

    cases: Sequence[Case] = field(default=(*SIZES, *SCENES))
    frames: int = 300
    paced_s: float = 10.0
    startups: int = 3
    engine_s: float = 6.0


QUICK = BenchConfig(cases=SIZES[1:2], frames=120, paced_s=4.0, startups=1)


@dataclass(frozen=True, slots=True)
class BenchResult:
    """All results, and the machine.

    Attributes:
        machine: From `timing.machine`, with the load at the start, and the cores that other programs used.
        engine: Facts of the engine; `live`: whether it makes textures while the session runs.
        failed: Why a part was not measured, by its name.
    """

    settings: Mapping[str, object]
    unpaced: Sequence[Unpaced]
    paced: Live | None
    startup: Startup | None
    machine: Mapping[str, object] = field(default_factory=describe_machine)
    engine: Mapping[str, object] = field(default_factory=dict)
    failed: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        """Return one object.

        Its keys are schema, machine, settings, engine, failed, unpaced, paced, startup.
        """
        shown: dict[str, object] = {
            "machine": self.machine,
            "settings": self.settings,
            "engine": self.engine,
            "failed": self.failed,
            "unpaced": [result.to_dict() for result in self.unpaced],
            "paced": None if self.paced is None else self.paced.to_dict(),
            "startup": None if self.startup is None else asdict(self.startup),
        }
        return json.dumps({"schema": SCHEMA, **MADE_BY, **redact_paths(shown)}, indent=2, default=str)


def run_bench(settings: Settings, rules: BenchConfig, tell: Tell) -> BenchResult:
    """Measure; call `tell` with what is measured next.

    A part that fails does not lose the others.

    Raises:
        PersonaError: The persona cannot be used.
        EngineError: A network fails or detects no face in the pictures.
        CameraError: The pictures cannot be read.
    """
    here, others, found = describe_machine(), OtherPrograms(), _Found()
    tell("opening the engine")
    parts = open_bench_parts(settings)
    try:
        texture = measure_texture_ms(parts, load_pictures(_FIRST, "sample"))
        failed = run_jobs(_jobs(settings, parts, rules, texture, found), tell)
        figures = {"live": parts.engine.live, **describe_engine(parts.engine, found.unpaced)}
    finally:
        parts.close()
    known = settings.known
    here |= {"others_cores": others.measure_cores()}
    return BenchResult(known, found.unpaced, found.paced, found.startup, here, figures, failed)


@dataclass(slots=True)
class _Found:
    """What the jobs keep."""

    unpaced: list[Unpaced] = field(default_factory=list)
    paced: Live | None = None
    startup: Startup | None = None


def _jobs(
    settings: Settings, parts: Components, rules: BenchConfig, texture: float | None, found: _Found
) -> list[BenchJob]:
    frames = choose_frame_count(texture, rules)

    def case_of(case: Case) -> None:
        used = replace(parts, sink=open_sink("null", case.size.size_wh, settings.fps))
        found.unpaced.append(measure_unpaced(settings, used, load_pictures(case, settings.camera), case, frames))

    def live() -> None:
        found.paced = measure_live(settings, parts, preload(settings.camera, PACED.size_wh), rules.paced_s)

    def startup() -> None:
        found.startup = measure_startup(settings, rules.startups)

    frame_s = (_FRAME_MS + (texture or 0.0)) / 1000
    warm = min(WARMUP, frames)
    jobs = [
        BenchJob(f"{case.name}, as fast as it goes", 1 + (frames + warm) * frame_s, partial(case_of, case))
        for case in rules.cases
    ]
    if rules.paced_s:
        jobs.append(BenchJob(f"{PACED.name}, live at {settings.fps:g} frames a second", 2 + rules.paced_s, live))
    if rules.startups and settings.persona is not None:
        jobs.append(BenchJob("the first picture of a fresh process", 4.0 * rules.startups, startup))
    return jobs


def choose_frame_count(texture: float | None, rules: BenchConfig) -> int:
    """Return how many frames of a case are measured.

    It is the configured number, or what an engine with textures of so many ms does in its time.
    """
    return rules.frames if not texture else max(min(rules.frames, int(rules.engine_s * 1000 / texture)), LEAST)


def measure_texture_ms(parts: Components, pictures: Sequence[Pixels]) -> float | None:
    """Return how long a live engine takes for a texture.

    None for an engine that makes them once, or where there is no face.
    """
    frame = Frame(pictures[0], 0, 0)
    boxes = parts.finder.detect(frame) if parts.engine.live else []
    if not boxes:
        return None
    mesh, clock = parts.finder.mesh(frame, boxes[0]), SystemClock()
    parts.engine.prepare(parts.persona)
    parts.engine.refresh(frame, mesh)  # the first one is slower
    begin_ns = clock.now_ns()
    parts.engine.refresh(frame, mesh)
    return (clock.now_ns() - begin_ns) / NS_PER_MS


def describe_engine(engine: TextureEngine, unpaced: Sequence[Unpaced]) -> Mapping[str, object]:
    """Return the facts of an engine.

    For a neural one they include the ratio of the whole texture to the network alone, from the first case.
    """
    facts = dict(engine.facts)
    texture = unpaced[0].stage_ms.get("texture") if unpaced else None
    if texture is None or "pass_ms" not in facts:
        return facts
    return {**facts, "texture_ms": texture["p50"], "ratio": round(texture["p50"] / float(str(facts["pass_ms"])), 3)}


def open_bench_parts(settings: Settings) -> Components:
    """Open persona and engines as a session does.

    The benchmark has its own pictures and no output.
    """
    finder = open_face_finder(settings.trusted)
    return Components(
        persona=choose_persona(settings.persona_group, trusted=settings.trusted).open(finder),
        finder=finder,
        engine=open_texture_engine(settings.engine, settings.trusted),
        source=open_source(settings.camera, clock=ManualClock(), paced=False),
        sink=open_sink("null", PACED.size_wh, settings.fps),
        enhancer=open_enhancer(settings.enhance, settings.trusted),
        refiner=None if settings.refine == "off" else open_face_refiner(settings.trusted),
    )
