"""`livecam replay`: a clip through the same step as a live session, every frame."""

from contextlib import closing
from pathlib import Path
from threading import Event

from livecam.app.outcome import check_shown
from livecam.app.persona_choice import PersonaChoice, choose_persona
from livecam.app.replay import open_replay
from livecam.cli.display import open_counter
from livecam.cli.report_file import check_report_path
from livecam.cli.run_command import finish, named_face
from livecam.cli.terminal import TerminalPrompter
from livecam.config.settings import Settings
from livecam.console.options import CommandLine
from livecam.core.errors import CameraError
from livecam.core.stop_signals import stopped_by_signals


def run_replay(given: CommandLine, clip: Path, out: str) -> None:
    """Write or measure a clip.

    What was done before Ctrl-C or a broken clip is finished and reported.

    Raises:
        LivecamError: What opening or running raises.
    """
    sink = "null" if out == "null" else f"file:{out}"
    # A voice in the profile is meant for a microphone.
    settings = given.resolved(camera=str(clip), sink=sink, voice=given.options["voice"] or "off").settings
    named_face(settings)
    if str(clip) != "sample" and not clip.exists():
        raise CameraError(
            f"there is no clip or folder {clip}", command="livecam replay sample --persona NAME --out null"
        )
    check_report_path(settings.json_path)
    choice = choose_persona(settings.persona_group, TerminalPrompter(), settings.trusted)
    _replay(choice.apply_answer(settings), choice)


def _replay(settings: Settings, choice: PersonaChoice) -> None:
    replay = open_replay(settings, choice)
    stopping = Event()
    try:
        with closing(replay), stopped_by_signals(stopping.set), open_counter() as say:
            for number, _ in enumerate(replay.run(), 1):
                say(number)
                if stopping.is_set():
                    break
    finally:
        finish(replay.report(), settings)
    check_shown(replay.report(), ended_by_user=stopping.is_set())
