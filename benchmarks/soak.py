"""Run a live session at 720p30 for minutes and hold its figures against what is promised.

    python benchmarks/soak.py --minutes 10            quiet machine
    python benchmarks/soak.py --minutes 10 --busy 1   one core kept busy by another process

The camera is one of JPEG pictures (the sample's opening), stamped before they are decoded, as a webcam's are. The exit
code is 1 when a promise is broken.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from livecam.bench.paced import measure_paced
from livecam.bench.pictures import preload
from livecam.bench.run import PACED, open_bench_parts
from livecam.config import Settings
from livecam.consent.builtin import builtin_names
from livecam.core.report import Report

SETTLED_AFTER_S = 20.0
PICTURES = 48


@contextmanager
def busy_cores(count: int) -> Iterator[None]:
    """Other processes that never rest."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


class Watch:
    """Keeps what has to be compared with the end: figures after the start has settled."""

    def __init__(self, console: Console) -> None:
        self.settled: Report | None = None
        self._console = console

    def __call__(self, report: Report) -> None:
        if self.settled is None and report.seconds >= SETTLED_AFTER_S:
            self.settled = report
        self._console.print(
            f"{report.seconds:6.0f} s  {report.fps:5.2f} fps  late {report.frames.late}  held {report.frames.held}  "
            f"latency p95 {report.latency_ms.get('p95', 0):5.1f} ms  {report.cpu_percent_of_one_core:5.1f} % of a core"
            f"  {report.memory_mb['end']:.1f} MiB",
            soft_wrap=True,
        )


def promises(settled: Report, end: Report, busy: int) -> list[tuple[str, str, str, bool]]:
    """What, promised, measured, kept. With a core kept busy only the rate is promised."""
    seconds = end.seconds - settled.seconds
    fps = (end.frames.sent - settled.frames.sent) / seconds
    kept = [("frames a second", ">= 29.9", f"{fps:.2f}", fps >= 29.9)]
    if busy:
        return kept
    late, held = end.frames.late - settled.frames.late, end.frames.held - settled.frames.held
    growth_mb = end.memory_mb["end"] - settled.memory_mb["end"]
    p95_ms, cpu = end.latency_ms["p95"], end.cpu_percent_of_one_core
    return [
        *kept,
        ("late", "0", str(late), late == 0),
        ("held", "0", str(held), held == 0),
        ("latency p95", "<= 40 ms", f"{p95_ms:.1f} ms", p95_ms <= 40),
        ("of one core", "< 60 %", f"{cpu:.1f} %", cpu < 60),
        ("memory growth", "< 5 MiB", f"{growth_mb:.2f} MiB", growth_mb < 5),
        ("unswapped shown", "0", str(end.frames.unswapped_shown), end.frames.unswapped_shown == 0),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--busy", type=int, default=0, help="cores kept busy by other processes")
    parser.add_argument("--persona", default=builtin_names()[0])
    parser.add_argument("--camera", default="sample", help="clip whose opening the camera shows")
    parser.add_argument("--json", type=Path, default=None)
    given = parser.parse_args()
    console = Console()
    settings = Settings(camera=given.camera, sink="null", persona=given.persona)
    watch = Watch(console)
    pictures = preload(given.camera, PACED.size_wh, PICTURES)
    with busy_cores(given.busy):
        parts = open_bench_parts(settings)
        end = measure_paced(settings, parts, pictures, given.minutes * 60, every_s=10.0, observe=watch)
    if watch.settled is None:
        console.print(f"too short: figures are compared from second {SETTLED_AFTER_S:.0f} on")
        return 2
    rows = promises(watch.settled, end, given.busy)
    table = Table(
        "", "promised", "measured", "kept", title=f"{given.minutes:g} minutes at 720p30, {given.busy} cores busy"
    )
    for what, promised, measured, kept in rows:
        table.add_row(what, promised, measured, "yes" if kept else "NO")
    console.print(table)
    if given.json:
        given.json.write_text(json.dumps({**end.to_dict(), "settled": watch.settled.to_dict()}, indent=2, default=str))
    return 0 if all(kept for *_, kept in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
