"""`livecam demo`: the demo with status line and keys, and the next steps."""

import shutil
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event

import typer

from livecam.app.demo import Pair, demo_settings, make_demo
from livecam.app.replay import Replay
from livecam.app.session import Session
from livecam.cli.display import open_counter
from livecam.cli.report_file import check_report_path
from livecam.cli.run_command import finish, follow
from livecam.cli.terminal import TerminalPrompter
from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.core.report import Report
from livecam.core.stop_signals import stopped_by_signals


def run_demo(given: CommandLine, folder: Path) -> None:
    """Run the demo and print the next steps.

    Raises:
        LivecamError: What making the demo raises.
    """
    options = given.options
    settings = demo_settings(folder, options["persona"], options["data-folder"], options["mode"])
    check_report_path(settings.json_path)
    make_demo(settings, folder, _TerminalRunner(), TerminalPrompter())
    other, does = ("swap", "Face only:           ") if settings.mode == "head" else ("head", "The whole head:      ")
    typer.echo(
        f"\n{does} {_command()} demo --mode {other}"
        f"\nWith your camera:     {_command()} run --persona {settings.persona}"
        f"\nWith your own photo:  {_command()} run --face me.jpg"
        f"\nOther faces:          {_command()} persona list"
    )


class _TerminalRunner:
    """Runs the parts of a demo as the commands `run` and `replay` do."""

    def follow(self, session: Session, settings: Settings, watch: Callable[[Report], None]) -> bool:
        """Run a session with status line and keys."""
        return follow(session, settings, watch)

    def step(self, replay: Replay, watch: Callable[[Pair], None]) -> bool:
        """Run a replay with a counter; Ctrl-C ends it."""
        stopping = Event()
        with stopped_by_signals(stopping.set), open_counter() as count:
            for number, pair in enumerate(replay.run(), 1):
                watch(pair)
                count(number)
                if stopping.is_set():
                    break
        return stopping.is_set()

    def finish(self, report: Report, settings: Settings, said: Sequence[str] = ()) -> None:
        """Print the summary and write the report."""
        finish(report, settings, said)


def _command() -> str:
    """Return how to call this program: its name where it is found, else its path."""
    return "livecam" if shutil.which("livecam") else sys.argv[0]
