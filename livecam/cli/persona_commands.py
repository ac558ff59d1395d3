"""`livecam persona …`: list, show, add, renew and remove personas."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from livecam.console.completion import complete_persona
from livecam.console.options import AgreedAgain, CommandLine, takes_settings

if TYPE_CHECKING:
    from livecam.config.settings import Settings

_HIGHEST_SEED = 10**30 - 1
personas = typer.Typer(help="List, add and remove faces you have the right to use.")
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file", metavar="PATH", help="Read the passphrase from the first line.", show_default="ask"
    ),
]
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="Name of a persona from: livecam persona list.", autocompletion=complete_persona
    ),
]


@personas.command("list")
@takes_settings(only=("data-folder",))
def list_all(given: CommandLine) -> None:
    """List your personas and the built-in ones."""
    from livecam.app.stores import persona_store
    from livecam.cli.record_rows import end_of
    from livecam.console.columns import columns

    entries = persona_store(given.resolved().settings).list()
    rows = [("name", "kind", "valid until", "head", "")]
    for entry in entries:
        head = "-" if entry.whole_head is None else "whole" if entry.whole_head else "cut off"
        rows.append((entry.name, str(entry.kind or "unknown"), end_of(entry), head, entry.trouble or ""))
    typer.echo(columns(rows))


@personas.command()
@takes_settings(only=("data-folder",))
def show(given: CommandLine, name: Name) -> None:
    """Show the consent record of a persona."""
    from livecam.app.stores import persona_store
    from livecam.cli.record_rows import record_rows
    from livecam.console.columns import columns

    store = persona_store(given.resolved().settings)
    record = store.consent_of(name)
    entry = next(entry for entry in store.list() if entry.name == name)
    rows = [
        *record_rows(name, record, "always: built in" if entry.built_in else ""),
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
    """Delete a persona, its photo and its record. The photo may be added again."""
    from livecam.app.removal import remove_persona
    from livecam.cli.removal_text import tell_left

    left = remove_persona(given.resolved().settings, name)
    typer.echo(f"{name} is gone, with its photo and its record" if not left else f"{name} is no longer listed")
    tell_left(left)


@personas.command()
@takes_settings(only=("data-folder",))
def revoke(given: CommandLine, name: Name) -> None:
    """Withdraw consent: delete a persona and refuse its photo.

    The photo is accepted again after new consent is recorded.
    """
    from livecam.app.removal import revoke_persona
    from livecam.cli.removal_text import tell_left

    revoked = revoke_persona(given.resolved().settings, name)
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
    photo: Annotated[
        Path,
        typer.Argument(metavar="PHOTO", help="A photo or clip of one face, frontal, at least 200 pixels wide."),
    ],
    agreed_again: AgreedAgain = False,
) -> None:
    """Make a persona from a photo or a clip. livecam asks who it shows.

    Of a clip the calmest, straightest, sharpest picture is taken.
    """
    from livecam.app.persona_intake import add_photo
    from livecam.cli.terminal import TerminalPrompter

    settings = given.resolved(face=str(photo), persona=None).settings
    _tell_ready(
        settings, add_photo(settings.persona_group, photo, agreed_again, TerminalPrompter(), settings.trusted).name
    )


@personas.command()
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def improve(
    given: CommandLine,
    name: Name,
    clip: Annotated[
        Path, typer.Argument(metavar="CLIP", help="A clip of the same person, calm and straight for two seconds.")
    ],
) -> None:
    """Replace the photo of a persona by the best picture of a clip.

    livecam asks again who it shows.
    """
    from livecam.app.persona_intake import improve_persona
    from livecam.cli.terminal import TerminalPrompter

    settings = given.resolved().settings
    _tell_ready(
        settings, improve_persona(settings.persona_group, name, clip, TerminalPrompter(), settings.trusted).name
    )


@personas.command()
@takes_settings(only=("data-folder",))
def export(
    given: CommandLine,
    name: Name,
    file: Annotated[Path, typer.Argument(metavar="FILE.age", help="Write this file. It must not exist.")],
    passphrase_file: PassphraseFile = None,
) -> None:
    """Write a persona to an encrypted file, for another of your computers."""
    from livecam.app.persona_intake import export_persona
    from livecam.cli.terminal import TerminalPrompter

    export_persona(given.resolved().settings, name, file, passphrase_file, TerminalPrompter())
    typer.echo(f"{name} is in {file}: livecam persona import {file}")


@personas.command("import")
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def import_here(
    given: CommandLine,
    file: Annotated[Path, typer.Argument(metavar="FILE.age", help="A file by: livecam persona export.")],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name the persona.", show_default="name of FILE")
    ] = None,
    passphrase_file: PassphraseFile = None,
) -> None:
    """Read a persona and its record from an encrypted file.

    livecam asks for the statement again.
    """
    from livecam.app.persona_intake import import_persona
    from livecam.cli.terminal import TerminalPrompter

    settings = given.resolved().settings
    _tell_ready(
        settings,
        import_persona(settings.persona_group, file, name, passphrase_file, TerminalPrompter(), settings.trusted).name,
    )


@personas.command()
@takes_settings(only=("camera", "microphone", "own-voice", "identity-model", "data-folder", "trust-plugin"))
def enrol(given: CommandLine, name: Name) -> None:
    """Check in front of the camera that the persona is you.

    It takes two random head turns and a spoken phrase.
    `--microphone off` leaves the phrase out.
    """
    from random import SystemRandom

    from livecam.app.enroll import enrol_persona
    from livecam.cli.terminal import TerminalPrompter

    record = enrol_persona(given.resolved().settings, name, SystemRandom(), TerminalPrompter())
    for line in record.checks:
        typer.echo(f"  {line}")
    typer.echo(f"{name} is checked ({record.checked}), valid until {record.expires_at:%Y-%m-%d}")


@personas.command()
@takes_settings(only=("data-folder", "consent", "trust-plugin"))
def renew(given: CommandLine, name: Name) -> None:
    """Renew the consent of a persona for another twelve months."""
    from livecam.app.persona_intake import renew_persona
    from livecam.cli.terminal import TerminalPrompter

    settings = given.resolved().settings
    record = renew_persona(settings.persona_group, name, TerminalPrompter(), settings.trusted)
    typer.echo(f"{name} is valid until {record.expires_at:%Y-%m-%d}")


@personas.command()
@takes_settings(only=("data-folder",))
def synth(
    given: CommandLine,
    seed: Annotated[
        int,
        typer.Option(
            "--seed",
            min=0,
            max=_HIGHEST_SEED,
            metavar="N",
            help="Make the face of this number, of 30 digits at most. The same number gives the same face.",
        ),
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="Name the persona.", show_default="synthetic-SEED")
    ] = None,
) -> None:
    """Make the face of a synthetic person."""
    from livecam.app.persona_intake import generate_persona

    persona = generate_persona(given.resolved().settings, seed, name)
    typer.echo(f"{persona.name} is ready: livecam run --persona {persona.name}")


def _tell_ready(settings: "Settings", name: str) -> None:
    """Say what a persona is called and what its photo lacks."""
    from livecam.app.persona_intake import read_remarks

    for remark in read_remarks(settings, name):
        typer.echo(f"note: {remark}")
    typer.echo(f"{name} is ready: livecam run --persona {name}")
