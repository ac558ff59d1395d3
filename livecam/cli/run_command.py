"""`livecam run`: a session with its status line, keys and a clean end."""

import sys
from collections.abc import Callable, Sequence

import typer

from livecam.app.consent import confirm_own_face
from livecam.app.outcome import check_shown
from livecam.app.persona_choice import choose_persona
from livecam.app.session import Session, open_session
from livecam.app.stores import persona_store
from livecam.cli.controls import Controls
from livecam.cli.display import open_display
from livecam.cli.keys import open_keys
from livecam.cli.report_file import check_report_path, write_report
from livecam.cli.status import summary
from livecam.cli.terminal import TerminalPrompter
from livecam.config.settings import Settings
from livecam.console.prompt import wrapped
from livecam.core.errors import UsageError
from livecam.core.report import Report
from livecam.core.stop_signals import stopped_by_signals
from livecam.personas.store import PersonaStore
from livecam.provenance.sign_outputs import signature_line

_REPORTS_EVERY_S = 0.25
_AT_ONCE = ("auto", "photo")
_NO_FACE = "add --face PHOTO, or --persona NAME with a name from: livecam persona list"


def run_live(settings: Settings) -> None:
    """Run until it ends by itself, by q, Ctrl-C or SIGTERM; then report.

    Raises:
        LivecamError: What opening or running raises; the report of what ran is still written.
    """
    named_face(settings)
    check_report_path(settings.json_path)
    prompter = TerminalPrompter()
    choice = choose_persona(settings.persona_group, prompter, settings.trusted)
    settings = choice.apply_answer(settings)
    if settings.engine not in _AT_ONCE:
        typer.echo(f"opening {settings.engine}")
    session = open_session(settings, insist=confirm_own_face(prompter), choice=choice)
    ended_by_user = False
    try:
        ended_by_user = follow(session, settings)
    finally:
        finish(session.report(), settings, session.parts.remarks)
    check_shown(session.report(), ended_by_user)


def named_face(settings: Settings) -> None:
    """Refuse settings without a face or persona.

    Raises:
        UsageError: Neither a face nor a persona is named.
    """
    if settings.face is None and settings.persona is None:
        raise UsageError("neither a face nor a persona is named", advice=_NO_FACE)


def follow(session: Session, settings: Settings, watch: Callable[[Report], None] = lambda report: None) -> bool:
    """Run an opened session to its end, with status line and keys.

    Args:
        session: It is entered and left.
        settings: Those it was opened with.
        watch: Gets every report.

    Returns:
        Whether the user ended it, by q or a signal.
    """
    name = session.parts.persona.name
    store = session.parts.store or persona_store(settings)
    compares = settings.identity_model is not None
    controls = Controls(session, store, name, settings.strength, settings.mirror, compares, settings.mode)
    typer.echo(f"{name} on {session.parts.source.name}, shown on {session.parts.sink.name}")
    if settings.mode == "head":
        typer.echo(_name_heads(store))
    if facts := session.parts.engine.facts:
        typer.echo(f"engine {settings.engine.partition(':')[0]}: {', '.join(f'{k} {v}' for k, v in facts.items())}")
    for remark in (*session.parts.remarks, *session.parts.persona.remarks):
        typer.echo(f"note: {remark}")
    session.on_wait = lambda names: typer.echo("finishing what is being drawn and written, for ten seconds at most")
    with stopped_by_signals(controls.stop), session, open_keys(sys.stdin) as pressed, open_display() as show:
        seconds = 0.0
        for report in session.reports(every_s=_REPORTS_EVERY_S):
            controls.press(pressed())
            show(report, controls)
            controls.work()
            watch(report)
            seconds = report.seconds
    if not controls.quit and (settings.duration_s is None or seconds + 1 < settings.duration_s):
        typer.echo(f"the clip {session.parts.source.name} ended")
    return controls.quit


def _name_heads(store: PersonaStore) -> str:
    """Return which personas have whole heads, for the key that changes them."""
    known = [entry for entry in store.list() if entry.whole_head is not None]
    whole, cut = ([entry.name for entry in known if entry.whole_head is wanted] for wanted in (True, False))
    return f"whole heads: {', '.join(whole)}" + (f"; cut off: {', '.join(cut)}" if cut else "")


def finish(report: Report, settings: Settings, said: Sequence[str] = ()) -> None:
    """Print what a run did, and write its report.

    Args:
        report: Of the whole run.
        settings: Those of the run.
        said: Remarks that were printed at the start.
    """
    if settings.json_path is not None:
        write_report(report, settings.json_path)
    text = summary(report)
    typer.echo(wrapped(text) if sys.stdout.isatty() else text)
    for remark in report.remarks:
        if remark not in said:
            typer.echo(f"note: {remark}")
    if report.engine.failures:
        engine = report.engine
        typer.echo(
            f"note: the engine made {engine.textures} textures and failed {engine.failures} times: "
            f"{engine.last_failure}"
        )
    for file in report.files:
        typer.echo(signature_line(file))
    if settings.json_path is not None:
        typer.echo(f"report: {settings.json_path}")
