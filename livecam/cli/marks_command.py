"""`livecam bench --marks`: what the marks survive and cost here, as a table and as JSON."""

from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.marks.run import MarksResult, Survival, run_marks
from livecam.cli.report_file import check_report_path, write_file


def measure_marks(json_path: Path | None, quick: bool) -> None:
    """Measure, show, and write JSON where it was asked for.

    Raises:
        LivecamError: What measuring raises; a file cannot be written.
    """
    check_report_path(json_path)
    console = Console()
    with console.status("starting") as status:
        result = run_marks(quick, lambda what: status.update(f"measuring {what}"))
    show(result, console)
    if json_path is not None:
        write_file(result.to_json() + "\n", json_path, "figures")


def show(result: MarksResult, console: Console) -> None:
    """Both tables, and what marking costs."""
    console.print(_table("in-picture mark, eight seconds of the sample camera", result.picture))
    console.print(_table("in-sound mark, sixteen seconds of the spoken notice", result.sound))
    costs = "; ".join(
        f"{size} {times['p50']:.2f} ms, p95 {times['p95']:.2f}" for size, times in result.cost.picture_ms.items()
    )
    console.print(f"marking a picture, plate included, processor time: {costs}")
    console.print(f"marking sound: {result.cost.sound_percent:.2f} % of one core")
    console.print(f"the worst picture keeps {result.psnr_db:.1f} dB")


def _table(title: str, rows: Mapping[str, Survival]) -> Table:
    table = Table(title=title, box=SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("case", no_wrap=True)
    for heading in ("bits right", "score", "threshold", "found"):
        table.add_column(heading, justify="right")
    for name, left in rows.items():
        found = "yes" if left.found else "no"
        table.add_row(name, f"{left.bits_right} of {left.bits}", f"{left.score:.1f}", f"{left.threshold:g}", found)
    return table
