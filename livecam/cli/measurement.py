"""Run a measurement: say what is measured, print the result, write the figures."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeVar

from rich.console import Console

from livecam.cli.report_file import check_report_path, write_file


class Measured(Protocol):
    """The result of a measurement."""

    def to_json(self) -> str:
        """Return the figures as JSON."""


M = TypeVar("M", bound=Measured)


def run_measurement(
    json_path: Path | None, run: Callable[[Callable[[str], None]], M], show: Callable[[M, Console], None]
) -> None:
    """Measure, print, and write JSON where given.

    Args:
        json_path: Where the figures are written; None for nowhere.
        run: Measures; it calls its argument with what is measured next.
        show: Prints the result.

    Raises:
        LivecamError: What measuring raises; the file cannot be written.
    """
    check_report_path(json_path)
    console = Console()
    with console.status("starting") as status:
        result = run(lambda what: status.update(f"measuring {what}"))
    show(result, console)
    if json_path is not None:
        write_file(result.to_json() + "\n", json_path, "figures")
