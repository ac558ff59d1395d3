"""`livecam bench soak` and `bench scaling`: resource growth and cost."""

import json
from collections.abc import Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.growth import Growth, run_growth
from livecam.bench.soak import Promise, Sample, check_promises, run_soak
from livecam.cli.measurement import run_measurement
from livecam.cli.report_file import check_report_path, write_file
from livecam.config.settings import Settings
from livecam.core.report import Report


def measure_soak(settings: Settings, seconds: float, busy_cores: int = 0) -> bool:
    """Run a session, print its limits, and return whether all were kept.

    Raises:
        LivecamError: What the session raises; a file cannot be written.
    """
    check_report_path(settings.json_path)
    console = Console()
    soak = run_soak(settings, seconds, lambda report, sample: console.print(line_of(report, sample), soft_wrap=True))
    rows = check_promises(soak, busy_cores)
    show_promises(rows, console, f"{seconds / 60:g} minutes at 720p, without the first 20 s")
    if settings.json_path is not None:
        write_file(json.dumps(soak.to_dict(), indent=2, default=str) + "\n", settings.json_path, "figures")
    return all(row.kept for row in rows)


def line_of(report: Report, sample: Sample) -> str:
    """Return one line about a running session."""
    heat = "" if sample.celsius is None else f"  {sample.celsius:.0f} C"
    return (
        f"{report.seconds:6.0f} s  {report.fps:5.2f} fps  late {report.frames.late}  held {report.frames.held}  "
        f"latency {sample.latency_ms:5.1f} ms  {report.cpu_percent_of_one_core:5.1f} % of a core  "
        f"{sample.memory_mb:.1f} MiB{heat}"
    )


def show_promises(rows: Sequence[Promise], console: Console, title: str) -> None:
    """Print the limits, one row each."""
    table = Table("", "limit", "measured", "kept", title=title, box=SIMPLE, title_justify="left")
    for row in rows:
        table.add_row(row.what, row.promised, row.measured, "yes" if row.kept else "NO")
    console.print(table)


def measure_growth(settings: Settings) -> None:
    """Measure, print, and write JSON where given.

    Raises:
        LivecamError: What measuring raises; a file cannot be written.
    """
    run_measurement(
        settings.json_path,
        lambda tell: run_growth(settings, tell),
        lambda result, console: show_growth(result.lines, console),
    )


def show_growth(lines: Sequence[Growth], console: Console) -> None:
    """Print one row per quantity: the measurements and their slope."""
    table = Table("what grows", "cost", "slope", box=SIMPLE, title="processor time a frame", title_justify="left")
    for growth in lines:
        measured = "\n".join(f"{x:.3g}: {cost:.1f} {growth.cost}" for x, cost in growth.points)
        slope = f"{growth.slope:+.2f} {growth.cost} per {growth.unit}\nline explains {100 * growth.explained:.0f} %"
        table.add_row(f"{growth.of}\nin {growth.unit}", measured, slope)
    console.print(table)
