"""`livecam persona …`: what faces there are, by what right, and how to get and lose one."""

from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from livecam.cli.options import Given, takes_settings

personas = typer.Typer(help="Faces you have the right to use.")
Name = Annotated[str, typer.Argument(metavar="NAME", help="As in: livecam persona list")]


@personas.command("list")
@takes_settings(only=("data-folder",))
def list_all(given: Given) -> None:
    """Your personas and the built-in ones."""
    from livecam.cli.columns import columns
    from livecam.cli.consent_prompt import store_of

    entries = store_of(given.resolved().settings).list()
    rows = [("name", "kind", "valid until", "")]
    for entry in entries:
        until = f"{entry.expires_at:%Y-%m-%d}" if entry.expires_at else "built in" if entry.built_in else "-"
        rows.append((entry.name, str(entry.kind or "unknown"), until, entry.trouble or ""))
    typer.echo(columns(rows))


@personas.command()
@takes_settings(only=("data-folder",))
def show(given: Given, name: Name) -> None:
    """The consent record of a persona."""
    from livecam.cli.columns import columns
    from livecam.cli.consent_prompt import store_of

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
        ("photo sha256", record.photo_sha256),
        ("kept in", "the program" if entry.built_in else str(store.folder_of(name))),
        ("usable", entry.trouble or "yes"),
        *(("note", remark) for remark in store.remarks(name)),
    ]
    typer.echo(columns(rows))


@personas.command()
@takes_settings(only=("data-folder",))
def remove(given: Given, name: Name) -> None:
    """Delete a persona, its photo and its record."""
    from livecam.cli.consent_prompt import store_of

    store_of(given.resolved().settings).remove(name)
    typer.echo(f"{name} is gone, with its photo and its record")


@personas.command()
@takes_settings(only=("data-folder", "consent"))
def add(
    given: Given,
    photo: Annotated[Path, typer.Argument(metavar="PHOTO", help="One face, face on, at least 200 pixels wide.")],
) -> None:
    """Make a persona of a photo; asks whose face it is."""
    from livecam.cli.consent_prompt import store_of, with_consent
    from livecam.consent.enrol import persona_of_photo, read_photo
    from livecam.registry import open_face_finder

    settings = with_consent(given.resolved(face=str(photo), persona=None).settings)
    with closing(open_face_finder()) as finder:
        persona = persona_of_photo(read_photo(photo), store_of(settings), finder, settings.consent)
    for remark in store_of(settings).remarks(persona.name):
        typer.echo(f"note: {remark}")
    typer.echo(f"{persona.name} is ready: livecam run --persona {persona.name}")


@personas.command()
@takes_settings(only=("data-folder", "consent"))
def renew(given: Given, name: Name) -> None:
    """Ask again whose face it is; the answer holds for another twelve months."""
    from livecam.cli.consent_prompt import ask_about, store_of
    from livecam.consent import enrol
    from livecam.consent.record import new_record
    from livecam.registry import open_face_finder

    settings = given.resolved().settings
    store = store_of(settings)
    photo = enrol.read_photo(store.photo_of(name))
    record = new_record(settings.consent, photo.sha256, store.now()) if settings.consent else ask_about(photo, store)
    with closing(open_face_finder()) as finder:
        enrol.renew(name, photo, record, store, finder)
    typer.echo(f"{name} is valid until {record.expires_at:%Y-%m-%d}")


@personas.command()
@takes_settings(only=("data-folder",))
def synth(
    given: Given,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The same number gives the same face.")],
    name: Annotated[str | None, typer.Option("--name", help="What it is called; nobody-SEED if not given.")] = None,
) -> None:
    """Make a new face that belongs to nobody."""
    from livecam.cli.consent_prompt import store_of
    from livecam.consent.made_up import save_made_up

    persona = save_made_up(seed, name, store_of(given.resolved().settings))
    typer.echo(f"{persona.name} is ready: livecam run --persona {persona.name}")
