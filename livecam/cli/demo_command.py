"""`livecam demo`: the main job on the built-in sample camera, through the very path of a live session."""

import shutil
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Final

import typer

from livecam.app.replay import open_replay
from livecam.app.session import open_session
from livecam.cli.before_after import write_sheet
from livecam.cli.display import open_counter
from livecam.cli.outcome import busy_line
from livecam.cli.report_file import check_report_path
from livecam.cli.run_command import finish, follow
from livecam.cli.signals import stopped_by_signals
from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.core.errors import EngineError, OutputError
from livecam.core.files.own_files import check_output
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.payload import MarkPayload
from livecam.core.report import Report
from livecam.personas.built_in import builtin_names

# Frames of the sample clip in which the head turns, leans in, and the light is low.
_SHOWN_FRAMES = (range(78, 112), range(168, 188), range(264, 290))
_FLUENT_FPS: Final = 15.0
"""New pictures a second below which the live recording shows the machine's trouble more than the program."""
_CARD_S: Final = 2.0

_Pairs = dict[range, tuple[Frame, MarkedFrame]]


def run_demo(given: CommandLine, folder: Path) -> None:
    """Run it, write video, before/after picture and report, and say how to go on.

    On a machine that is too busy for the live run, the same files are made frame by frame, as a replay makes them.

    Raises:
        OutputError: The folder takes no files, or the demo was ended before they were made.
        EngineError: No picture could be made.
        LivecamError: What opening or running raises.
    """
    settings = _settings(given, _made(folder))
    check_output(folder / "livecam-demo.png", "--folder PATH")
    check_report_path(settings.json_path)
    pairs, payloads, report, ended_by_user = _live(settings)
    if not ended_by_user and not _serves(pairs, report):
        typer.echo(f"note: {busy_line(report) or 'this machine is too slow for it just now'}")
        typer.echo("the files are made frame by frame instead; a run with your camera would have waited and repeated")
        pairs, payloads, ended_by_user = _frame_by_frame(settings)
    if not pairs and ended_by_user:
        raise OutputError("the demo was ended before its pictures were made", hint="livecam demo")
    if not pairs:
        raise EngineError("the sample's face was never replaced", hint="livecam doctor")
    why_unsigned = write_sheet(list(pairs.values()), folder / "livecam-demo.png", payloads, settings.data_folder)
    if why_unsigned is not None:
        typer.echo(f"note: livecam-demo.png is saved but not signed: {why_unsigned}")
    typer.echo(f"video: {folder / 'livecam-demo.mp4'}\nbefore and after: {folder / 'livecam-demo.png'}")
    typer.echo(
        f"\nWith your camera:     {_command()} run --persona {settings.persona}"
        f"\nWith your own photo:  {_command()} run --face me.jpg"
        f"\nOther faces:          {_command()} persona list"
    )


def _live(settings: Settings) -> tuple[_Pairs, Sequence[MarkPayload], Report, bool]:
    """The demo as a live session: the pairs for the sheet, what their marks say, the report, who ended it."""
    session = open_session(settings)
    pairs: _Pairs = {}
    ended_by_user = False
    try:
        ended_by_user = follow(session, settings, lambda report: _collect(session.pair(), pairs))
    finally:
        finish(session.report(), settings, session.parts.remarks)
    return pairs, (session.payload,), session.report(), ended_by_user


def _frame_by_frame(settings: Settings) -> tuple[_Pairs, Sequence[MarkPayload], bool]:
    """The same from a replay, however long it takes."""
    replay = open_replay(settings)
    stopping, pairs = Event(), _Pairs()
    try:
        with closing(replay), stopped_by_signals(stopping.set), open_counter() as say:
            for number, pair in enumerate(replay.run(), 1):
                _collect(pair, pairs)
                say(number)
                if stopping.is_set():
                    break
    finally:
        finish(replay.report(), settings)
    return pairs, (replay.payload,), stopping.is_set()


def _serves(pairs: _Pairs, report: Report) -> bool:
    """Whether the live run's files show what the program does, rather than a machine that was busy."""
    fluent = report.frames.new >= _FLUENT_FPS * max(report.seconds - _CARD_S, 0.0)
    return fluent and len(pairs) == len(_SHOWN_FRAMES)


def _settings(given: CommandLine, folder: Path) -> Settings:
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


def _collect(pair: tuple[Frame, MarkedFrame] | None, pairs: _Pairs) -> None:
    """Keep the first picture of each part of the clip that is shown on the sheet."""
    for part in _SHOWN_FRAMES:
        if pair is not None and pair[0].seq in part:
            pairs.setdefault(part, pair)


def _command() -> str:
    """How to call this program from here: its name where it is found, else its path."""
    return "livecam" if shutil.which("livecam") else sys.argv[0]
