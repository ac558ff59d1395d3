"""`livecam bench compare`: the changes between two runs."""

import json as json_text
from dataclasses import asdict
from pathlib import Path

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.compare import compare_runs, describe_change, find_busy_runs, read_bench
from livecam.core.errors import UsageError


def compare(before: Path, after: Path, as_json: bool) -> None:
    """Print every figure that both runs have, with its change.

    Raises:
        UsageError: A file cannot be read, is no benchmark, or they share no figure.
    """
    earlier, later = read_bench(before), read_bench(after)
    found = compare_runs(earlier, later)
    if not found:
        raise UsageError(f"{before} and {after} share no figure", command="livecam bench run --json PATH")
    for line in find_busy_runs({str(before): earlier, str(after): later}):
        typer.echo(line, err=True)
    if as_json:
        typer.echo(json_text.dumps([{**asdict(change), "verdict": change.verdict} for change in found], indent=2))
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("")
    for heading in ("before", "after", "change", "95 % interval", "verdict"):
        table.add_column(heading, justify="right")
    for c in found:
        interval = f"{describe_change(c.low)} … {describe_change(c.high)}"
        says = "no clear change" if c.verdict == "same" else c.verdict
        table.add_row(c.what, f"{c.before:.2f}", f"{c.after:.2f}", describe_change(c.percent), interval, says)
    Console().print(table)
