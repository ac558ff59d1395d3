"""`livecam persona …`: what faces there are, by what right, and how to get and lose one."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from livecam.console.options import AgreedAgain, CommandLine, takes_settings

personas = typer.Typer(help="Faces you have the right to use.")
PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", metavar="PATH", help="Its first line opens the file; else asked for."),
]
Name = Annotated[str, typer.Argument(metavar="NAME", help="As in: livecam persona list")]


@personas.command("list")
@takes_settings(only=("data-folder",))
def list_all(given: CommandLine) -> None:
    """Your personas and the built-in ones."""
    from livecam.cli.consent_prompt import store_of
    from livecam.console.columns import columns

    entries = store_of(given.resolved().settings).list()
    rows = [("name", "kind", "valid until", "")]
    for entry in entries:
        until = f"{entry.expires_at:%Y-%m-%d}" if entry.expires_at else "built in" if entry.built_in else "-"
        rows.append((entry.name, str(entry.kind or "unknown"), until, entry.trouble or ""))
    typer.echo(columns(rows))


@personas.command()
@takes_settings(only=("data-folder",))
def show(given: CommandLine, name: Name) -> None:
    """The consent record of a persona."""
    from livecam.cli.consent_prompt import store_of
    from livecam.console.columns import columns

    store = store_of(given.resolved().settings)
    record = store.record(name)
    entry = next(entry for entry in store.list() if entry.name == name)
    rows = [
        ("name", name),
        ("kind", str(record.kind)),
        ("statement", record.statement),
        *([("purpose", record.purpose), ("scope", record.scope)] if record.purpose else []),
        ("given", f"{record.given_at:%Y-%m-%d %H:%M} UTC"),
        ("valid until", f"{record.expires_at:%Y-%m-%d %H:%M} UTC" if not entry.built_in else "always: built in"),
        ("checked", str(record.checked)),
        *(("", check) for check in record.checks),
        ("photo sha256", record.photo_sha256),
        ("kept in", "the program" if entry.built_in else str(store.folder_of(name))),
        ("usable", entry.trouble or "yes"),
        *(("note", remark) for remark in store.remarks(name)),
    ]
    typer.echo(columns(rows))


@personas.command()
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, name: Name) -> None:
    """Delete a persona, its photo and its record; the photo may be added again."""
    from livecam.cli.consent_prompt import store_of
    from livecam.cli.persona_intake import tell_left

    left = store_of(given.resolved().settings).remove(name)
    typer.echo(f"{name} is gone, with its photo and its record" if not left else f"{name} is no longer listed")
    tell_left(left)


@personas.command()
@takes_settings(only=("data-folder",))
def revoke(given: CommandLine, name: Name) -> None:
    """Take the yes back: delete a persona for good; its photo is not taken in again without a new yes."""
    from livecam.cli.consent_prompt import store_of
    from livecam.cli.persona_intake import tell_left
    from livecam.personas.revoke import revoke_persona

    revoked = revoke_persona(name, store_of(given.resolved().settings))
    typer.echo(
        f"{name} is {'no longer listed' if revoked.left else 'gone'}; its photo is remembered by fingerprint and will "
        "not be taken in again"
    )
    for other in revoked.gone[1:]:
        typer.echo(f"{other} shows the same photo and is removed too")
    tell_left(revoked.left)


@personas.command()
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def add(
    given: CommandLine,
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="One face, face on, at least 200 pixels wide.")],
    agreed_again: AgreedAgain = False,
) -> None:
    """Make a persona of a photo; asks whose face it is."""
    from livecam.cli.persona_intake import add_photo, tell_ready

    settings = given.resolved(face=str(photo), persona=None).settings
    tell_ready(add_photo(settings, photo, agreed_again), settings)


@personas.command()
@takes_settings(only=("data-folder",))
def export(
    given: CommandLine,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE.age", help="What to write; it must not exist.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write a persona into one file that a passphrase opens, to carry it to another of your computers."""
    from livecam.cli.persona_intake import export_persona

    export_persona(given.resolved().settings, name, file, passphrase_file)
    typer.echo(f"{name} is in {file}: livecam persona import {file}")


@personas.command("import")
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def import_here(
    given: CommandLine,
    file: Annotated[Path, typer.Argument(metavar="FILE.age", help="As written by: livecam persona export")],
    name: Annotated[str | None, typer.Option("--name", help="What it is called; FILE's name if not given.")] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Take a persona in from such a file, with its record; asks for the statement again."""
    from livecam.cli.persona_intake import import_persona, tell_ready

    settings = given.resolved().settings
    tell_ready(import_persona(settings, file, name, passphrase_file), settings)


@personas.command()
@takes_settings(only=("camera", "microphone", "own-voice", "identity-model", "data-folder", "trust-plugin"))
def enrol(given: CommandLine, name: Name) -> None:
    """Show in front of the camera that the statement is yours: two turns of the head and a phrase, drawn by chance.

    `--microphone off` leaves the phrase out.
    """
    from random import SystemRandom

    from livecam.app.enroll import enrol_persona

    record = enrol_persona(given.resolved().settings, name, SystemRandom(), typer.echo)
    for line in record.checks:
        typer.echo(f"  {line}")
    typer.echo(f"{name} is checked ({record.checked}), valid until {record.expires_at:%Y-%m-%d}")


@personas.command()
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def renew(given: CommandLine, name: Name) -> None:
    """Ask again whose face it is; the answer holds for another twelve months."""
    from livecam.cli.consent_prompt import ask_about, store_of
    from livecam.consent.record import new_record
    from livecam.personas import intake as enrol
    from livecam.plugins import open_face_finder

    settings = given.resolved().settings
    store = store_of(settings)
    photo = enrol.read_photo(store.photo_of(name))
    store.believe_clock()
    if settings.consent:
        record = new_record(settings.consent, photo.sha256, store.now())
    else:
        record = ask_about(photo, store, settings.trusted)
    with closing(open_face_finder(settings.trusted)) as finder:
        enrol.renew(name, photo, record, store, finder)
    typer.echo(f"{name} is valid until {record.expires_at:%Y-%m-%d}")


@personas.command()
@takes_settings(only=("data-folder",))
def synth(
    given: CommandLine,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same number gives the same face.")],
    name: Annotated[str | None, typer.Option("--name", help="What it is called; nobody-SEED if not given.")] = None,
) -> None:
    """Make a new face that belongs to nobody."""
    from livecam.cli.consent_prompt import store_of
    from livecam.personas.generated import save_made_up

    persona = save_made_up(seed, name, store_of(given.resolved().settings))
    typer.echo(f"{persona.name} is ready: livecam run --persona {persona.name}")
