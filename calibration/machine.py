"""How fast this machine is.

The stages of a frame at the sizes that matter, and every swap model that is here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from engines.models.check import inspect_model
from livecam.app.components import Components
from livecam.bench.pictures import SIZES, Case, load_pictures
from livecam.bench.run import open_bench_parts
from livecam.bench.unpaced import measure_unpaced
from livecam.config.machine_profile import (
    BUSY_DAYS,
    COMMAND,
    FILE,
    PHOTO,
    Calibrated,
    EngineCost,
    SizeCost,
    made_for,
    usable,
)
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, SystemClock, utc_now
from livecam.core.errors import EngineError, LivecamError
from livecam.core.frame import Frame
from livecam.core.ports import TextureEngine
from livecam.devices.sink import open_sink
from livecam.host.other_load import OtherPrograms, describe_load
from livecam.plugins import open_texture_engine

Tell = Callable[[str], None]
SLOWEST_MS = 100.0
"""A texture that takes longer is carried too far to be the better picture unasked (docs/engines.md)."""
_SHARE = 0.8
_PERIOD_MS = 1000 / 30


@dataclass(frozen=True, slots=True)
class CalibrationConfig:
    """How much is measured."""

    cases: Sequence[Case] = SIZES
    frames: int = 90
    textures: int = 5


@dataclass(frozen=True, slots=True)
class MachineMeasurement:
    """A calibration, and why an engine that was found is not in it."""

    calibrated: Calibrated
    left_out: Mapping[str, str]


def calibrate_machine(
    settings: Settings,
    models: Sequence[Path],
    tell: Tell,
    rules: CalibrationConfig | None = None,
    others: OtherPrograms | None = None,
) -> MachineMeasurement:
    """Measure.

    Args:
        settings: Persona and clip.
        models: Swap models to time; those that do not work are left out.
        tell: Called with what is measured next.
        rules: How much is measured.
        others: Says how busy other programs keep the machine.

    Raises:
        LivecamError: The frame itself cannot be measured.
    """
    rules, others = rules or CalibrationConfig(), others or OtherPrograms()
    engines: dict[str, EngineCost] = {}
    left_out: dict[str, str] = {}
    parts = open_bench_parts(replace(settings, engine=PHOTO))
    try:
        sizes = {}
        for case in rules.cases:
            tell(f"frames of {case.name}")
            sizes["{}x{}".format(*case.size.size_wh)] = _size(settings, parts, case, rules.frames)
        for model in models:
            tell(model.name)
            try:
                engines[f"onnx:{model}"] = _engine(f"onnx:{model}", parts, rules)
            except EngineError as error:
                left_out[model.name] = str(error)
    finally:
        parts.close()
    made_at = utc_now().isoformat(timespec="seconds")
    return MachineMeasurement(
        Calibrated(made_for(), sizes, engines, choose_auto_engine(sizes, engines), made_at, others.measure_cores()),
        left_out,
    )


def keep(found: Calibrated, folder: Path) -> str:
    """Write a calibration unless a better one is there; what was done, in words."""
    path = folder / FILE
    if not found.busy:
        return f"written: {found.write(folder)}"
    busy = f"this machine was busy ({describe_load(found.others_cores or 0.0)}), its times are too long"
    again = f"measure again when nothing else runs: {COMMAND}"
    earlier, _ = usable(folder)
    if earlier is not None and not earlier.busy:
        return f"not written: {busy}; the calibration of {earlier.made_at[:10]} stays in {path}\n{again}"
    return f"written for {BUSY_DAYS} days: {found.write(folder)}; {busy}\n{again}"


def _size(settings: Settings, parts: Components, case: Case, frames: int) -> SizeCost:
    sink = open_sink("null", case.size.size_wh, 30.0)
    found = measure_unpaced(settings, replace(parts, sink=sink), load_pictures(case, settings.camera), case, frames)
    stages = {name: times["p50"] for name, times in found.stage_ms.items()}
    whole = found.whole_ms["p50"]
    return SizeCost(round(whole - stages.get("find", 0.0), 3), whole, stages)


def _engine(name: str, parts: Components, rules: CalibrationConfig) -> EngineCost:
    engine = open_texture_engine(name)
    try:
        facts = engine.facts
        return EngineCost(
            network_ms=float(str(facts["network_ms"])),
            texture_ms=round(measure_texture_ms(engine, parts, rules), 2),
            side_px=int(str(facts["side_px"])),
            provider=str(facts["provider"]),
        )
    finally:
        engine.close()


def measure_texture_ms(engine: TextureEngine, parts: Components, rules: CalibrationConfig) -> float:
    """Median time of a whole texture, on the clip's first face.

    Raises:
        LivecamError: There is no face, or no texture.
    """
    frame = Frame(load_pictures(rules.cases[0], "sample")[0], 0, 0)
    boxes = parts.finder.detect(frame)
    if not boxes:
        raise EngineError("there is no face in the sample clip", command="livecam doctor")
    mesh = parts.finder.mesh(frame, boxes[0])
    engine.prepare(parts.persona)
    clock, times = SystemClock(), []
    for _ in range(rules.textures + 1):
        begin_ns = clock.now_ns()
        engine.refresh(frame, mesh)
        times.append(clock.now_ns() - begin_ns)
    return median(times[1:]) / NS_PER_MS


def choose_auto_engine(sizes: Mapping[str, SizeCost], engines: Mapping[str, EngineCost]) -> str:
    """Return the finest engine fast enough for a frame, else the photo engine."""
    at_720p = sizes.get("1280x720")
    if at_720p is not None and at_720p.render_ms > _SHARE * _PERIOD_MS:
        return PHOTO
    quick = [name for name, cost in engines.items() if cost.texture_ms <= SLOWEST_MS]
    return min(quick, key=lambda name: (-engines[name].side_px, engines[name].texture_ms), default=PHOTO)


def find_swap_models(folder: Path) -> list[Path]:
    """Return the ONNX and DFM files of a folder that fulfil a contract.

    Raises:
        LivecamError: The folder's pins cannot be read.
    """
    found = []
    for path in sorted((*folder.glob("*.onnx"), *folder.glob("*.dfm"))):
        try:
            if "side_px" in inspect_model(path):
                found.append(path)
        except LivecamError:
            continue  # an enhancer, or no model at all: `livecam models check` says what it is
    return found
