"""The video benchmark as a whole: every case unpaced, one live session, fresh processes; one result."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace

from livecam.bench.paced import Live, measure_live
from livecam.bench.pictures import P720, SCENES, SIZES, Case, pictures_of, preload
from livecam.bench.startup import Startup, measure_startup
from livecam.bench.unpaced import Unpaced, measure_unpaced
from livecam.config import Settings
from livecam.core.clock import ManualClock
from livecam.core.own_files import MADE_BY
from livecam.core.places import without_places
from livecam.core.ports import TextureEngine
from livecam.core.report import SCHEMA
from livecam.devices.sink import open_sink
from livecam.devices.source import open_source
from livecam.parts import Parts, persona_of
from livecam.registry import open_enhancer, open_face_finder, open_texture_engine
from livecam.timing.machine import machine

PACED = P720
LEAST = 5
"""Frames of a case at least, however slow the engine."""


@dataclass(frozen=True, slots=True)
class BenchRules:
    """How much is measured.

    Attributes:
        cases: What is run unpaced.
        frames: Frames of each.
        paced_s: Length of the live session at 720p; 0 leaves it out.
        startups: Fresh processes; 0 leaves them out.
        engine_s: What a neural engine may take of each case.
    """

    cases: Sequence[Case] = field(default=(*SIZES, *SCENES))
    frames: int = 300
    paced_s: float = 10.0
    startups: int = 3
    engine_s: float = 20.0


QUICK = BenchRules(cases=SIZES[1:2], frames=120, paced_s=4.0, startups=1)


@dataclass(frozen=True, slots=True)
class BenchResult:
    """Everything measured, and on what."""

    settings: Mapping[str, object]
    unpaced: Sequence[Unpaced]
    paced: Live | None
    startup: Startup | None
    machine: Mapping[str, object] = field(default_factory=machine)
    engine: Mapping[str, object] = field(default_factory=dict)

    def to_json(self) -> str:
        """One object: schema, machine, settings, engine, unpaced, paced, startup."""
        shown: dict[str, object] = {
            "machine": self.machine,
            "settings": self.settings,
            "engine": self.engine,
            "unpaced": [result.to_dict() for result in self.unpaced],
            "paced": None if self.paced is None else self.paced.to_dict(),
            "startup": None if self.startup is None else asdict(self.startup),
        }
        return json.dumps({"schema": SCHEMA, **MADE_BY, **without_places(shown)}, indent=2, default=str)


def run_bench(settings: Settings, rules: BenchRules, tell: Callable[[str], None]) -> BenchResult:
    """Measure; `tell` is called with what is measured next.

    Raises:
        PersonaError: The persona cannot be used.
        EngineError: A network fails or sees no face in the pictures.
        CameraError: The pictures cannot be read.
    """
    startup = None
    if rules.startups and settings.persona is not None:
        tell("first picture of a fresh process")
        startup = measure_startup(settings, rules.startups)
    parts = open_bench_parts(settings)
    try:
        unpaced = []
        frames = frames_for(parts.engine, rules)
        for case in rules.cases:
            tell(f"{case.name}, as fast as it goes")
            sink = open_sink("null", case.size.size_wh, settings.fps)
            pictures = pictures_of(case, settings.camera)
            unpaced.append(measure_unpaced(settings, replace(parts, sink=sink), pictures, case, frames))
        figures = engine_figures(parts.engine, unpaced)
        paced = None
        if rules.paced_s:
            tell(f"{PACED.name}, live at {settings.fps:g} frames a second")
            paced = measure_live(settings, parts, preload(settings.camera, PACED.size_wh), rules.paced_s)
    finally:
        parts.close()
    known = {key: value for key, value in asdict(settings).items() if value is not None}
    return BenchResult(known, unpaced, paced, startup, engine=figures)


def frames_for(engine: TextureEngine, rules: BenchRules) -> int:
    """How many frames of a case: as many as said, or what a slow engine, asked for every one, does in its time."""
    network_ms = float(str(engine.facts.get("network_ms", 0)))
    return rules.frames if network_ms == 0 else max(min(rules.frames, int(rules.engine_s * 1000 / network_ms)), LEAST)


def engine_figures(engine: TextureEngine, unpaced: Sequence[Unpaced]) -> Mapping[str, object]:
    """What is known of an engine; of a neural one the whole texture over the network alone, as in the first case."""
    facts = dict(engine.facts)
    texture = unpaced[0].stage_ms.get("texture") if unpaced else None
    if texture is None or "pass_ms" not in facts:
        return facts
    return {**facts, "texture_ms": texture["p50"], "ratio": round(texture["p50"] / float(str(facts["pass_ms"])), 3)}


def open_bench_parts(settings: Settings) -> Parts:
    """Persona and engines as a session has them; the benchmark brings its own pictures and sends them nowhere."""
    finder = open_face_finder()
    return Parts(
        persona=persona_of(settings, finder),
        finder=finder,
        engine=open_texture_engine(settings.engine),
        source=open_source(settings.camera, clock=ManualClock(), paced=False),
        sink=open_sink("null", PACED.size_wh, settings.fps),
        enhancer=open_enhancer(settings.enhance),
    )
