"""How a persona comes in, from a photo or an archive, and goes out into one."""

from collections.abc import Sequence
from contextlib import closing
from getpass import getpass
from pathlib import Path

import typer

from livecam import plugins as registry
from livecam.cli.consent_prompt import ask_about, at_terminal, store_of, with_consent
from livecam.config.settings import Settings
from livecam.core.errors import ConsentError, OutputError, PersonaError, UsageError
from livecam.core.files.private import write_file
from livecam.core.persona import Persona
from livecam.personas.archive import check_passphrase, locked, packed, record_here, unlocked, unpacked, whose_key
from livecam.personas.intake import add_agreed_again, persona_of_photo, read_photo, take_in


def tell_ready(persona: Persona, settings: Settings) -> None:
    """Say what a persona is called and what its photo lacks."""
    for remark in store_of(settings).remarks(persona.name):
        typer.echo(f"note: {remark}")
    typer.echo(f"{persona.name} is ready: livecam run --persona {persona.name}")


def tell_left(paths: Sequence[Path]) -> None:
    """Say what was not deleted, because a link led out of livecam's folder."""
    for path in paths:
        typer.echo(f"note: a link led to {path}; what lies there was not deleted, delete it yourself")


def add_photo(settings: Settings, photo: Path, agreed_again: bool) -> Persona:
    """A persona of a photo, its answer asked for where it was not given.

    Raises:
        PhotoError: The photo does not serve.
        ConsentError: No answer, or the yes was taken back and `agreed_again` is not set.
    """
    store, file = store_of(settings), read_photo(photo)
    if not agreed_again:
        settings = with_consent(settings)
    kind = settings.consent or (ask_about(file, store, settings.trusted).kind if agreed_again else None)
    with closing(registry.open_face_finder(settings.trusted)) as finder:
        if agreed_again and kind is not None:
            return add_agreed_again(file, store, finder, kind)
        return persona_of_photo(file, store, finder, kind)


def export_persona(settings: Settings, name: str, file: Path, passphrase_file: Path | None) -> None:
    """Write a persona into an encrypted file.

    Raises:
        PersonaError: No such persona, or it may not be used.
        OutputError: The file exists or cannot be written.
    """
    store = store_of(settings)
    store.load(name)
    if file.exists():
        raise OutputError(f"{file} exists", hint="give FILE another name")
    content = locked(packed(name, store), _passphrase(passphrase_file, new=True))
    try:
        write_file(file, content)
    except OSError as error:
        raise OutputError(f"{file} cannot be written: {error.strerror}", hint="choose another place") from error


def import_persona(settings: Settings, file: Path, name: str | None, passphrase_file: Path | None) -> Persona:
    """Take a persona in from an encrypted file; whoever does so makes its statement.

    Raises:
        PersonaError: The file is none, it is here already, or the name cannot be given.
        ConsentError: It carries no record that holds, the statement was not made, or the yes was taken back.
    """
    store = store_of(settings)
    carried = unpacked(unlocked(file, _passphrase(passphrase_file, new=False)), file, store.now())
    known = store.find(carried.photo.sha256)
    if known is not None:
        raise PersonaError(
            f"{file} holds a photo that is here already, as {known}", hint=f"livecam persona show {known}"
        )
    store.revocations.check(file.name, f"livecam persona add {carried.photo.path}", (carried.photo.sha256,))
    wished = name or file.stem
    free = store.free_name(wished)
    if name not in (None, free):
        raise PersonaError(f'"{name}" is taken or is no name', hint=f"choose another, for example --name {free}")
    typer.echo(f"note: {whose_key(carried, store.public_key)}")
    stated = settings.consent or ask_about(carried.photo, store, settings.trusted).kind
    if stated is not carried.record.kind:
        raise ConsentError(
            f"the record in {file} says {carried.record.kind}, you say {stated}",
            hint="ask the person who gave it to you whose face it is",
        )
    with closing(registry.open_face_finder(settings.trusted)) as finder:
        return take_in(free, carried.photo, record_here(carried, store.public_key), store, finder)


def _passphrase(file: Path | None, *, new: bool) -> str:
    if file is not None:
        try:
            return check_passphrase(file.read_text(encoding="utf-8").partition("\n")[0])
        except (OSError, ValueError) as error:
            raise UsageError(f"{file} cannot be read: {error}", hint="--passphrase-file PATH") from error
    if not at_terminal():
        raise UsageError("there is nobody to ask for a passphrase", hint="add --passphrase-file PATH")
    typed = check_passphrase(getpass("Passphrase: "))
    if new and getpass("Once more: ") != typed:
        raise UsageError("the two passphrases differ", hint="the same command again")
    return typed
