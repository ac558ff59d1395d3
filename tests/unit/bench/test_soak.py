"""What a long session is held to, on planted reports."""

from collections.abc import Callable
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from livecam.app.components import Components
from livecam.bench import soak as soaking
from livecam.bench.soak import RecentAges, Sample, Soak, check_promises, run_soak
from livecam.cli.endurance_command import line_of, show_promises
from livecam.config.settings import Settings
from livecam.core.clock import ManualClock
from livecam.core.errors import UsageError
from livecam.core.fakes import FakeFinder, FakeSink, FakeSource, FakeTextureEngine
from livecam.core.report import FrameCounts, MemoryUse, Report
from livecam.disclosure.picture import Marker
from tests.session.stage import synthetic_persona

SETTLED = Report(frames=FrameCounts(sent=600), seconds=20.0, memory_mb=MemoryUse(end=250.0))
END = Report(
    frames=FrameCounts(sent=18000),
    seconds=600.0,
    latency_ms={"p95": 25.0},
    memory_mb=MemoryUse(end=250.5),
    cpu_percent_of_one_core=55.0,
)


def samples(drift_ms: float = 0.0, handles: int | None = 9) -> list[Sample]:
    return [Sample(10.0 * n, 16 + drift_ms * n / 360, 250.0, handles, 12, None) for n in range(1, 61)]


def broken(soak: Soak, busy: int = 0) -> list[str]:
    return [row.what for row in check_promises(soak, busy) if not row.kept]


def test_a_steady_session_keeps_every_promise() -> None:
    assert broken(Soak(SETTLED, END, samples())) == []


DEFECTS: dict[str, Callable[[], Soak]] = {
    "frames a second": lambda: Soak(SETTLED, replace(END, frames=FrameCounts(sent=17000)), samples()),
    "late": lambda: Soak(SETTLED, replace(END, frames=FrameCounts(sent=18000, late=1)), samples()),
    "held": lambda: Soak(SETTLED, replace(END, frames=FrameCounts(sent=18000, held=1)), samples()),
    "latency p95": lambda: Soak(SETTLED, replace(END, latency_ms={"p95": 41.0}), samples()),
    "latency growth": lambda: Soak(SETTLED, END, samples(drift_ms=13.0)),
    "of one core": lambda: Soak(SETTLED, replace(END, cpu_percent_of_one_core=61.0), samples()),
    "memory growth": lambda: Soak(SETTLED, replace(END, memory_mb=MemoryUse(end=256.0)), samples()),
    "handles": lambda: Soak(SETTLED, END, [*samples(), replace(samples()[-1], handles=10)]),
    "threads": lambda: Soak(SETTLED, END, [*samples(), replace(samples()[-1], threads=13)]),
    "unswapped shown": lambda: Soak(
        SETTLED, replace(END, frames=FrameCounts(sent=18000, unswapped_shown=1)), samples()
    ),
}


@pytest.mark.parametrize("what", DEFECTS)
def test_each_defect_breaks_its_own_promise(what: str) -> None:
    assert broken(DEFECTS[what]()) == [what]


def test_with_a_busy_core_only_the_rate_is_promised() -> None:
    slow = replace(END, frames=FrameCounts(sent=17000, late=9), cpu_percent_of_one_core=90.0)
    assert broken(Soak(SETTLED, slow, samples()), busy=1) == ["frames a second"]


def test_latency_that_grows_is_reported_per_hour() -> None:
    assert Soak(SETTLED, END, samples(drift_ms=3.6)).drift_ms_per_hour == pytest.approx(3.6, abs=0.01)


def test_unknown_handles_are_reported() -> None:
    row = next(row for row in check_promises(Soak(SETTLED, END, samples(handles=None))) if row.what == "handles")
    assert (row.measured, row.kept) == ("this system does not tell", True)


def test_ages_are_the_median_since_the_last_look() -> None:
    clock, marker = ManualClock(), Marker((320, 240))
    ages = RecentAges(FakeSink((320, 240), keep=1), clock)
    for age_ms in (5, 7, 30):
        captured_ns = clock.now_ns()
        clock.advance_ns(age_ms * 1_000_000)
        ages.send(marker.make_card("Standby", "", captured_ns))
    assert ages.take() == 7.0
    assert ages.take() != ages.take()


def test_too_short_a_session_is_refused() -> None:
    with pytest.raises(UsageError, match="too short"):
        run_soak(Settings(persona="sam"), 30.0, lambda report, sample: None)


def test_a_session_is_sampled_from_its_start_and_settles_after_20_s(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = Components(
        persona=synthetic_persona(),
        finder=FakeFinder(),
        engine=FakeTextureEngine(),
        source=FakeSource([]),
        sink=FakeSink((32, 24), keep=1),
    )
    monkeypatch.setattr(soaking, "open_bench_parts", lambda settings: parts)

    def scripted(_settings, _parts, _pictures, seconds, every_s, observe):  # type: ignore[no-untyped-def]
        for n in range(1, int(seconds / every_s) + 1):
            observe(replace(END, seconds=n * every_s))
        return END

    monkeypatch.setattr(soaking, "measure_paced", scripted)
    seen: list[float] = []
    soak = run_soak(Settings(persona="sam", camera="sample"), 60.0, lambda report, sample: seen.append(sample.seconds))
    assert seen == [10, 20, 30, 40, 50, 60]
    assert (soak.settled.seconds, soak.end) == (20, END)
    assert soak.to_dict()["samples"] and "drift_ms_per_hour" in soak.to_dict()


def test_the_table_names_what_was_not_kept() -> None:
    console = Console(file=StringIO(), width=100)
    show_promises(check_promises(DEFECTS["held"]()), console, "ten minutes")
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert "NO" in next(row for row in text.splitlines() if "held" in row)
    assert "C" in line_of(END, replace(samples()[0], celsius=61.0))
