"""`livecam bench run` and `bench live`: tables, JSON and a page."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.jobs import INTERRUPTED, Tell
from livecam.bench.paced import Live
from livecam.bench.page import make_page
from livecam.bench.run import QUICK, BenchConfig, BenchResult, run_bench
from livecam.bench.unpaced import Unpaced
from livecam.bench.verdict import make_verdict, make_warning
from livecam.cli.report_file import check_report_path, write_file
from livecam.config.settings import Settings
from livecam.core.errors import EngineError, remedy


def measure(settings: Settings, quick: bool, html: Path | None = None) -> None:
    """Measure sizes, scenes, a live session and the start of a process.

    Args:
        settings: Persona, camera and engine to measure.
        quick: Whether to measure fewer cases.
        html: Where to write a page with plots.

    Raises:
        LivecamError: What measuring raises; a file cannot be written; a part failed.
    """
    _measure(settings, QUICK if quick else BenchConfig(), html)


def measure_live_session(settings: Settings, seconds: float) -> None:
    """Measure a live session at 720p alone.

    Raises:
        LivecamError: What measuring raises; a file cannot be written; a part failed.
    """
    _measure(settings, BenchConfig(cases=(), paced_s=seconds, startups=0), None)


def _measure(settings: Settings, rules: BenchConfig, html: Path | None) -> None:
    """Measure, print, write JSON and page, also of what Ctrl-C left.

    Raises:
        LivecamError: What measuring raises; a part failed.
        KeyboardInterrupt: Interrupted; what was measured until then is printed and written.
    """
    check_report_path(settings.json_path)
    check_report_path(html, "--html")
    console = Console()
    with progress() as tell:
        result = run_bench(settings, rules, tell)
    show(result, console)
    if settings.json_path is not None:
        write_file(result.to_json() + "\n", settings.json_path, "figures")
    if html is not None:
        write_file(make_page(result), html, "page")
    if INTERRUPTED in result.failed.values():
        raise KeyboardInterrupt
    if result.failed:
        reasons = "; ".join(f"{name}: {why}" for name, why in result.failed.items())
        hint = "measure again when nothing else runs" if make_warning(result.machine) else "livecam doctor"
        raise EngineError(f"not measured: {reasons}", **remedy(hint))


@contextmanager
def progress() -> Iterator[Tell]:
    """Give a function that prints the next measurement on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda what: console.print(f"measuring {what}", soft_wrap=True, highlight=False)
        return
    with console.status("starting") as status:
        yield lambda what: status.update(f"measuring {what}")


def show(result: BenchResult, console: Console) -> None:
    """Print the tables and what they mean on this machine."""
    machine = result.machine
    console.print(
        f"{machine['cpu']}, {machine['cores']} cores, load {machine['load_1min']} at the start, "
        f"Python {machine['python']}"
    )
    if busy := make_warning(machine):
        console.print(busy, style="bold")
    if result.unpaced:
        console.print(_sizes_table(result))
    if sizes := [r for r in result.unpaced if r.case.scene is None]:
        console.print(_stages_table(sizes))
    if result.paced is not None:
        console.print(_live_lines(result.paced))
    if "ratio" in result.engine:
        facts = result.engine
        console.print(
            f"a texture takes {facts['texture_ms']:.1f} ms, {facts['ratio']} times the network's "
            f"{facts['pass_ms']:.1f} ms"
        )
    if result.startup is not None:
        first_s, peak_mb = result.startup.first_picture_ms / 1000, result.startup.peak_mb
        console.print(f"a new process shows its first picture after {first_s:.2f} s and uses at most {peak_mb:.0f} MiB")
    if result.unpaced or result.engine.get("live"):
        console.print(make_verdict(result, float(str(result.settings.get("fps", 30.0)))))


def _sizes_table(result: BenchResult) -> Table:
    table = Table(
        title="one frame from capture to sink, in ms",
        box=SIMPLE,
        title_justify="left",
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("size, face", no_wrap=True)
    for heading in ("p50", "p95", "p99", "fps", "floor", "ratio", "cpu", "cpu ratio", "held"):
        table.add_column(heading, justify="right")
    for r in result.unpaced:
        whole = [f"{r.whole_ms[p]:.1f}" for p in ("p50", "p95", "p99")]
        against = [f"{r.floor_ms['p50']:.1f}", f"{r.ratio:.2f}", f"{r.cpu_ms['whole']:.1f}", f"{r.cpu_ratio:.2f}"]
        table.add_row(f"{r.case.name}, {r.face_px} px", *whole, f"{r.fps:.0f}", *against, str(r.held))
    table.caption = "floor: the mesh network and one copy of the frame; cpu: processor time of all threads"
    if result.engine.get("live"):
        table.caption += "\nhere every frame waits for its own texture; a live session does not wait"
    table.caption_justify = "left"
    return table


def _stages_table(results: Iterable[Unpaced]) -> Table:
    results = list(results)
    table = Table(
        title="by stage: p50 / p95 in ms",
        box=SIMPLE,
        title_justify="left",
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column("stage")
    for r in results:
        table.add_column(r.case.name, justify="right")
    for stage in results[0].stage_ms:
        table.add_row(stage, *(_pair(r.stage_ms.get(stage, {})) for r in results))
    table.add_section()
    table.add_row("JPEG decoding of a webcam, in its own thread", *(_pair(r.outside_ms["jpeg"]) for r in results))
    table.add_row("conversion for a virtual camera", *(_pair(r.outside_ms["i420"]) for r in results))
    return table


def _pair(percentiles: Mapping[str, float]) -> str:
    return f"{percentiles['p50']:.2f} / {percentiles['p95']:.2f}" if percentiles else "-"


def _live_lines(live: Live) -> str:
    report = live.report
    frames, memory = report.frames, report.memory_mb
    power = "" if live.watts is None else f"; processor power {live.watts:.1f} W"
    latency = " / ".join(f"{report.latency_ms.get(p, float('nan')):.1f}" for p in ("p50", "p95", "p99"))
    return (
        f"live at 720p for {report.seconds:.0f} s: {report.fps:.1f} frames/s sent, {frames.late} late, "
        f"{frames.held} held, {frames.replaced} replaced; capture to sink p50 / p95 / p99 {latency} ms; "
        f"{report.cpu_percent_of_one_core:.0f} % of one core; memory {memory.end - memory.start:+.1f} MiB"
        f"{power}"
    )
