"""`livecam bench compare`: two runs side by side."""

import json as json_text
from dataclasses import asdict
from pathlib import Path

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from livecam.bench.compare import changes, read_bench
from livecam.core.errors import UsageError


def compare(before: Path, after: Path, as_json: bool) -> None:
    """Print every figure of both with its change.

    Raises:
        UsageError: A file cannot be read, is no benchmark, or they share no figure.
    """
    found = changes(read_bench(before), read_bench(after))
    if not found:
        raise UsageError(f"{before} and {after} share no figure", hint="livecam bench --json PATH, twice the same way")
    if as_json:
        typer.echo(json_text.dumps([{**asdict(change), "verdict": change.verdict} for change in found], indent=2))
        return
    table = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    table.add_column("")
    for heading in ("before", "after", "change", "19 times of 20 within", ""):
        table.add_column(heading, justify="right")
    for c in found:
        interval = f"{c.low:+.1f} … {c.high:+.1f} %"
        table.add_row(c.what, f"{c.before:.2f}", f"{c.after:.2f}", f"{c.percent:+.1f} %", interval, c.verdict)
    Console().print(table)
