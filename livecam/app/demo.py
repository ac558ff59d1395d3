"""Run the demo on the built-in sample camera, through the path of a live session."""

import logging
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final, Protocol

from livecam.app.before_after import write_sheet
from livecam.app.outcome import busy_line
from livecam.app.replay import Replay, open_replay
from livecam.app.session import Session, open_session
from livecam.config.settings import Settings
from livecam.core.errors import EngineError, OutputError
from livecam.core.files.own_files import check_output
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.label import Mode
from livecam.core.payload import MarkPayload
from livecam.core.prompter import Prompter
from livecam.core.report import Report
from livecam.personas.built_in import builtin_names

_LOG = logging.getLogger(__name__)

# Frames of the sample clip in which the head turns, leans in, and the light is low.
_SHOWN_FRAMES = (range(78, 112), range(168, 188), range(264, 290))
_FLUENT_FPS: Final = 15.0
"""New pictures per second below which the machine is too busy for a live demo."""
_CARD_S: Final = 2.0

Pair = tuple[Frame, MarkedFrame]
_Pairs = dict[range, Pair]


class DemoRunner(Protocol):
    """Runs what a demo opened, and shows it."""

    def follow(self, session: Session, settings: Settings, watch: Callable[[Report], None]) -> bool:
        """Run a session to its end; return whether the user ended it.

        `watch` receives every report.
        """
        ...

    def step(self, replay: Replay, watch: Callable[[Pair], None]) -> bool:
        """Run a replay to its end; return whether the user ended it.

        `watch` receives every pair of pictures.
        """
        ...

    def finish(self, report: Report, settings: Settings, said: Sequence[str] = ()) -> None:
        """Show and write the report of a run.

        The remarks in `said` were shown at its start.
        """
        ...


def demo_settings(folder: Path, persona: str | None, data_folder: Path | None, mode: Mode | None = None) -> Settings:
    """Create the folder, and return the settings of a demo in it.

    Raises:
        OutputError: The folder takes no files.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{folder} is no folder for the demo: {error.strerror}", command="livecam demo --folder PATH"
        ) from error
    check_output(folder / "livecam-demo.png", "--folder PATH")
    return Settings(
        camera="sample",
        sink=f"file:{folder / 'livecam-demo.mp4'}",
        json_path=folder / "livecam-demo.json",
        persona=persona or builtin_names()[0],
        data_folder=data_folder,
        mode=mode or "swap",
    )


def make_demo(settings: Settings, folder: Path, runner: DemoRunner, prompter: Prompter) -> None:
    """Write video, before/after picture and report.

    On a machine that is too busy for a live run, a replay makes the same files frame by frame.

    Raises:
        OutputError: The folder takes no files, or the demo was ended before they were made.
        EngineError: No picture could be made.
        LivecamError: What opening or running raises.
    """
    _LOG.info("demo begins: persona %s", settings.persona)
    pairs, payloads, report, ended_by_user = _live(settings, runner)
    if not ended_by_user and not _serves(pairs, report):
        prompter.note(busy_line(report) or "this machine is too slow for it just now")
        prompter.say("the files are made frame by frame instead; a run with your camera would have waited and repeated")
        pairs, payloads, ended_by_user = _frame_by_frame(settings, runner)
    if not pairs and ended_by_user:
        raise OutputError("the demo was ended before its pictures were made", command="livecam demo")
    if not pairs:
        raise EngineError("the sample's face was never replaced", command="livecam doctor")
    why_unsigned = write_sheet(list(pairs.values()), folder / "livecam-demo.png", payloads, settings.data_folder)
    if why_unsigned is not None:
        prompter.note(f"livecam-demo.png is saved but not signed: {why_unsigned}")
    prompter.say(f"video: {folder / 'livecam-demo.mp4'}\nbefore and after: {folder / 'livecam-demo.png'}")


def _live(settings: Settings, runner: DemoRunner) -> tuple[_Pairs, Sequence[MarkPayload], Report, bool]:
    """Run the demo as a live session.

    Returns:
        The pairs for the sheet, the payloads of their marks, the report, and whether the user ended it.
    """
    session = open_session(settings)
    pairs: _Pairs = {}
    ended_by_user = False
    try:
        ended_by_user = runner.follow(session, settings, lambda report: _collect(session.pair(), pairs))
    finally:
        runner.finish(session.report(), settings, session.parts.remarks)
    return pairs, (session.payload,), session.report(), ended_by_user


def _frame_by_frame(settings: Settings, runner: DemoRunner) -> tuple[_Pairs, Sequence[MarkPayload], bool]:
    """Run the demo as a replay, at whatever speed the machine has."""
    replay = open_replay(settings)
    pairs: _Pairs = {}
    ended_by_user = False
    try:
        with closing(replay):
            ended_by_user = runner.step(replay, lambda pair: _collect(pair, pairs))
    finally:
        runner.finish(replay.report(), settings)
    return pairs, (replay.payload,), ended_by_user


def _serves(pairs: _Pairs, report: Report) -> bool:
    """Whether the live files show what livecam does, rather than a busy machine."""
    fluent = report.frames.new >= _FLUENT_FPS * max(report.seconds - _CARD_S, 0.0)
    return fluent and len(pairs) == len(_SHOWN_FRAMES)


def _collect(pair: Pair | None, pairs: _Pairs) -> None:
    """Keep the first picture of each part of the clip that is on the sheet."""
    for part in _SHOWN_FRAMES:
        if pair is not None and pair[0].seq in part:
            pairs.setdefault(part, pair)
