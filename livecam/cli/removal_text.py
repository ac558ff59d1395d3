"""Text about what a deletion left."""

from collections.abc import Sequence
from pathlib import Path

import typer


def tell_left(paths: Sequence[Path]) -> None:
    """Say what was not deleted, because a link led out of livecam's folder."""
    for path in paths:
        typer.echo(f"note: a link led to {path}; its target was not deleted, delete it yourself")
