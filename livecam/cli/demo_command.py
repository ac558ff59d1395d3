"""`livecam demo`: the main job on the built-in sample camera, through the very path of a live session."""

import shutil
import sys
from pathlib import Path

import typer

from livecam.cli.before_after import write_sheet
from livecam.cli.options import Given
from livecam.cli.report_file import check_report_path
from livecam.cli.run_command import finish, follow
from livecam.config import Settings
from livecam.consent.builtin import builtin_names
from livecam.core.errors import EngineError, OutputError
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.own_files import check_output
from livecam.session import Session, open_session

# Frames of the sample clip in which the head turns, leans in, and the light is low.
_SHOWN_FRAMES = (range(78, 112), range(168, 188), range(264, 290))


def run_demo(given: Given, folder: Path) -> None:
    """Run it, write video, before/after picture and report, and say how to go on.

    Raises:
        OutputError: The folder takes no files.
        EngineError: No picture could be made.
        LivecamError: What opening or running raises.
    """
    settings = _settings(given, _made(folder))
    check_output(folder / "livecam-demo.png", "--folder PATH")
    check_report_path(settings.json_path)
    session = open_session(settings)
    pairs: dict[range, tuple[Frame, MarkedFrame]] = {}
    try:
        follow(session, settings, lambda report: _collect(session, pairs))
    finally:
        finish(session.report(), settings)
    if not pairs:
        raise EngineError("the sample's face was never replaced", hint="livecam doctor")
    write_sheet(list(pairs.values()), folder / "livecam-demo.png")
    typer.echo(f"video: {folder / 'livecam-demo.mp4'}\nbefore and after: {folder / 'livecam-demo.png'}")
    typer.echo(
        f"\nWith your camera:     {_command()} run --persona {settings.persona}"
        f"\nWith your own photo:  {_command()} run --face me.jpg"
        f"\nOther faces:          {_command()} persona list"
    )


def _settings(given: Given, folder: Path) -> Settings:
    return Settings(
        camera="sample",
        sink=f"file:{folder / 'livecam-demo.mp4'}",
        json_path=folder / "livecam-demo.json",
        persona=given.options["persona"] or builtin_names()[0],
        data_folder=given.options["data-folder"],
    )


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} is no folder for the demo: {error.strerror}", hint="livecam demo --folder PATH"
        ) from error
    return folder


def _collect(session: Session, pairs: dict[range, tuple[Frame, MarkedFrame]]) -> None:
    """Keep the first picture of each part of the clip that is shown on the sheet."""
    pair = session.pair()
    for part in _SHOWN_FRAMES:
        if pair is not None and pair[0].seq in part:
            pairs.setdefault(part, pair)


def _command() -> str:
    """How to call this program from here: its name where it is found, else its path."""
    return "livecam" if shutil.which("livecam") else sys.argv[0]
