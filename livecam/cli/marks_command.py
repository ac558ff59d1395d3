"""`livecam bench marks`: what the watermarks survive and cost."""

from collections.abc import Mapping
from pathlib import Path

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.marks.run import MarksResult, Survival, run_marks
from livecam.cli.measurement import run_measurement


def measure_marks(json_path: Path | None, quick: bool) -> None:
    """Measure, print, and write JSON where given.

    Raises:
        LivecamError: What measuring raises; a file cannot be written.
    """
    run_measurement(json_path, lambda tell: run_marks(quick, tell), show)


def show(result: MarksResult, console: Console) -> None:
    """Print both tables, and the cost of marking."""
    console.print(_table("picture watermark, eight seconds of the sample clip", result.picture))
    console.print(_table("audio watermark, sixteen seconds of the spoken notice", result.sound))
    costs = "; ".join(
        f"{size} {times['p50']:.2f} ms, p95 {times['p95']:.2f}" for size, times in result.cost.picture_ms.items()
    )
    console.print(f"marking a picture, label included, processor time: {costs}")
    console.print(f"marking sound: {result.cost.sound_percent:.2f} % of one core")
    console.print(f"lowest PSNR of a marked picture: {result.psnr_db:.1f} dB")


def _table(title: str, rows: Mapping[str, Survival]) -> Table:
    table = Table(title=title, box=SIMPLE, title_justify="left", pad_edge=False)
    table.add_column("case", no_wrap=True)
    for heading in ("correct bits", "score", "threshold", "found"):
        table.add_column(heading, justify="right")
    for name, left in rows.items():
        found = "yes" if left.found else "no"
        table.add_row(name, f"{left.bits_right} of {left.bits}", f"{left.score:.1f}", f"{left.threshold:g}", found)
    return table
