"""Run a live session for minutes or hours, and check its limits and growth."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace

import numpy as np

from livecam.bench.paced import measure_paced
from livecam.bench.pictures import preload
from livecam.bench.run import PACED, open_bench_parts
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, Clock, SystemClock
from livecam.core.errors import UsageError
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FrameSink
from livecam.core.report import Report
from livecam.host.machine import describe_machine
from livecam.host.vitals import read_vitals

SETTLED_AFTER_S, EVERY_S = 20.0, 10.0
_PICTURES = 48
_LEAST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample of a running session.

    Attributes:
        seconds: Since its start.
        latency_ms: Median age of the pictures sent since the last sample.
        memory_mb: Resident memory, MiB.
        handles, threads, celsius: As in `Vitals`.
    """

    seconds: float
    latency_ms: float
    memory_mb: float
    handles: int | None
    threads: int | None
    celsius: float | None


@dataclass(frozen=True, slots=True)
class Promise:
    """A limit, its measurement, and whether it was kept."""

    what: str
    promised: str
    measured: str
    kept: bool


@dataclass(frozen=True, slots=True)
class Soak:
    """A session's report once settled and at its end, and the samples between."""

    settled: Report
    end: Report
    samples: Sequence[Sample]
    machine: dict[str, object] = field(default_factory=describe_machine)

    @property
    def drift_ms_per_hour(self) -> float:
        """Growth of latency: slope of a line through the samples after the start."""
        settled = [s for s in self.samples if s.seconds >= SETTLED_AFTER_S]
        hours = np.array([s.seconds / 3600 for s in settled])
        latency_ms = np.array([s.latency_ms for s in settled])
        return round(float(np.polyfit(hours, latency_ms, 1)[0]), 2)

    def to_dict(self) -> dict[str, object]:
        """Return the last report's keys, `settled`, `samples` and `drift_ms_per_hour`."""
        return {
            **self.end.to_dict(),
            "machine": self.machine,
            "settled": self.settled.to_dict(),
            "samples": [asdict(sample) for sample in self.samples],
            "drift_ms_per_hour": self.drift_ms_per_hour,
        }


class RecentAges:
    """A sink that passes pictures on and records their ages until asked."""

    def __init__(self, sink: FrameSink, clock: Clock) -> None:
        self.size_wh, self.name = sink.size_wh, sink.name
        self._sink, self._clock = sink, clock
        self._ages_ms: list[float] = []

    def send(self, frame: MarkedFrame) -> None:
        """Send the picture on."""
        self._sink.send(frame)
        self._ages_ms.append((self._clock.now_ns() - frame.captured_ns) / NS_PER_MS)

    def close(self) -> None:
        """Close the sink behind it."""
        self._sink.close()

    def take(self) -> float:
        """Return the median age in ms of the pictures since the last call.

        NaN without any.
        """
        ages_ms, self._ages_ms = self._ages_ms, []
        return round(float(np.median(ages_ms)), 2) if ages_ms else float("nan")


def run_soak(settings: Settings, seconds: float, observe: Callable[[Report, Sample], None]) -> Soak:
    """Run a live session at 720p.

    Args:
        settings: The beginning of its camera's clip is shown, as JPEG pictures stamped before they are decoded.
        seconds: How long, the start included.
        observe: Called every ten seconds.

    Raises:
        UsageError: Too short to compare anything.
        LivecamError: What the session raises.
    """
    least_s = SETTLED_AFTER_S + _LEAST_SAMPLES * EVERY_S
    if seconds < least_s:
        raise UsageError(
            f"--seconds {seconds:g} is too short: the first {SETTLED_AFTER_S:g} s are left out",
            command=f"livecam bench soak --seconds {least_s:g}",
        )
    parts = open_bench_parts(settings)
    ages = RecentAges(parts.sink, SystemClock())
    samples: list[Sample] = []
    settled: list[Report] = []

    def look(report: Report) -> None:
        sample = Sample(report.seconds, ages.take(), report.memory_mb.end, **asdict(read_vitals()))
        samples.append(sample)
        if not settled and report.seconds >= SETTLED_AFTER_S:
            settled.append(report)
        observe(report, sample)

    pictures = preload(settings.camera, PACED.size_wh, _PICTURES)
    end = measure_paced(settings, replace(parts, sink=ages), pictures, seconds, EVERY_S, look)
    return Soak(settled[0], end, samples)


def check_promises(soak: Soak, busy_cores: int = 0) -> list[Promise]:
    """Return the checks of the limits after the start.

    With cores kept busy by other programs only the rate is checked.
    """
    settled, end = soak.settled, soak.end
    fps = (end.frames.sent - settled.frames.sent) / (end.seconds - settled.seconds)
    rate = Promise("frames a second", ">= 29.9", f"{fps:.2f}", fps >= 29.9)
    if busy_cores:
        return [rate]
    late, held = end.frames.late - settled.frames.late, end.frames.held - settled.frames.held
    growth_mb = end.memory_mb.end - settled.memory_mb.end
    p95_ms, cpu = end.latency_ms["p95"], end.cpu_percent_of_one_core
    drift_ms = soak.drift_ms_per_hour * (end.seconds - settled.seconds) / 3600
    return [
        rate,
        Promise("late", "0", str(late), late == 0),
        Promise("held", "0", str(held), held == 0),
        Promise("latency p95", "<= 40 ms", f"{p95_ms:.1f} ms", p95_ms <= 40),
        Promise("latency growth", "< 2 ms", f"{drift_ms:+.2f} ms", drift_ms < 2),
        Promise("of one core", "< 60 %", f"{cpu:.1f} %", cpu < 60),
        Promise("memory growth", "< 5 MiB", f"{growth_mb:.2f} MiB", growth_mb < 5),
        *(_steady(soak, name) for name in ("handles", "threads")),
        Promise("unswapped shown", "0", str(end.frames.unswapped_shown), end.frames.unswapped_shown == 0),
    ]


def _steady(soak: Soak, name: str) -> Promise:
    """Return the check that a count did not grow after the start."""
    counts = [getattr(s, name) for s in soak.samples if s.seconds >= SETTLED_AFTER_S]
    if counts[0] is None:
        return Promise(name, "no growth", "this system does not tell", True)
    return Promise(name, "no growth", f"{counts[0]} -> {counts[-1]}", counts[-1] <= counts[0])
