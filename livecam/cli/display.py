"""Show the status: a line that is redrawn, or a line every ten seconds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from livecam.cli.controls import Controls
from livecam.cli.status import RecentRate, help_line, status_line
from livecam.core.report import Report

Show = Callable[[Report, Controls], None]
_LINE_EVERY_S = 10.0
_COUNT_EVERY_FRAMES = 15


@contextmanager
def open_display(console: Console | None = None) -> Iterator[Show]:
    """Give a function that shows a report at the current width of the terminal."""
    console = console or Console(highlight=False, soft_wrap=False)
    if not console.is_terminal:
        yield _line_by_line(console)
        return
    recent = RecentRate()
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield lambda report, controls: live.update(
            _panel(report, controls, console.width, recent.of(report)), refresh=True
        )


def _panel(report: Report, controls: Controls, width: int, new_fps: float | None) -> Text:
    level = {"HOLD": "yellow"}.get(report.level, "green")
    text = Text(no_wrap=True, overflow="ellipsis")
    text.append(status_line(report, controls, width, new_fps), style=level)
    return text.append("\n" + help_line(width), style="dim")


def _line_by_line(console: Console) -> Show:
    next_s = 0.0

    def show(report: Report, controls: Controls) -> None:
        nonlocal next_s
        if report.seconds >= next_s:
            next_s = report.seconds + _LINE_EVERY_S
            console.print(status_line(report, controls), soft_wrap=True, markup=False)

    return show


@contextmanager
def open_counter(console: Console | None = None) -> Iterator[Callable[[int], None]]:
    """Give a function that shows the number of finished frames in a terminal."""
    console = console or Console(highlight=False)
    if not console.is_terminal:
        yield lambda number: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:

        def show(number: int) -> None:
            if number % _COUNT_EVERY_FRAMES == 1:
                live.update(Text(f"frame {number} (Ctrl-C stops)", style="dim"), refresh=True)

        yield show
