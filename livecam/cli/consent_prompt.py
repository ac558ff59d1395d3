"""Ask in the terminal whose face a photo shows, where that has not been answered yet."""

import sys
from collections.abc import Callable, Collection, Generator
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

import typer

from livecam.cli.prompt import ask
from livecam.config.paths import data_folder
from livecam.config.settings import Settings
from livecam.consent.interview import FACE, YES, interview, not_answered, unasked
from livecam.core.persona import ConsentRecord
from livecam.personas.intake import PhotoFile, ended, is_answered, read_photo, texture_of
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder

Answered = TypeVar("Answered")


def store_of(settings: Settings) -> PersonaStore:
    """The user's personas."""
    return PersonaStore(settings.data_folder or data_folder())


def with_consent(settings: Settings) -> Settings:
    """The settings with an answer for their photo, asked for in the terminal when there is none yet.

    Raises:
        PhotoError: The photo cannot be read or is no picture.
        ConsentError: There is no answer and nobody to ask, the statement was not made, or it was taken back.
    """
    if settings.face is None:
        return settings
    photo = read_photo(settings.face)
    store = store_of(settings)
    store.revocations.check(photo.path.name, f"livecam persona add {photo.path}", (photo.sha256,))
    if settings.consent is not None or is_answered(photo, store):
        return settings
    return replace(settings, consent=ask_about(photo, store, settings.trusted).kind)


def at_terminal() -> bool:
    """Whether somebody can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def own_all_the_same(doubt: str) -> bool:
    """Ask in the terminal whether a face is somebody's own although it does not look so; where nobody is asked, no."""
    if not at_terminal():
        return False
    typer.echo(f"{doubt[:1].upper()}{doubt[1:]}.")
    try:
        answer = input("Is it your own face all the same? (yes/no): ")
    except (EOFError, KeyboardInterrupt):
        typer.echo()  # the answer's line was never ended
        return False
    return answer.strip().lower() in YES


def ask_about(photo: PhotoFile, store: PersonaStore, trusted: Collection[str] = ()) -> ConsentRecord:
    """Ask about a photo in the terminal; `trusted`: packages that may replace livecam's own face finder.

    Raises:
        ConsentError: There is no terminal, the input ended, or the statement was not made.
    """
    why = ended(photo, store)
    if not at_terminal():
        raise why or unasked(photo.path.name)
    look_at(photo, trusted)
    if why is not None:
        typer.echo(f"note: {why}")
    try:
        return hold(interview(photo.path.name, photo.sha256, store.now()), ask)
    except (EOFError, KeyboardInterrupt):
        typer.echo()  # the answer's line was never ended
        raise not_answered(photo.path.name, FACE.instead) from None


def look_at(photo: PhotoFile, trusted: Collection[str] = ()) -> None:
    """Look for the face before anything is asked: a photo that does not serve needs no answer.

    Raises:
        PhotoError: It does not serve.
    """
    with closing(open_face_finder(trusted)) as finder:
        texture_of(decode_photo(photo.data, photo.path.name), photo.path.name, finder)


def hold(conversation: Generator[str, str, Answered], ask: Callable[[str], str]) -> Answered:
    """Carry an interview out: `ask` shows a text and returns the answer."""
    shown = next(conversation)
    while True:
        try:
            shown = conversation.send(ask(shown))
        except StopIteration as end:
            answered: Answered = end.value
            return answered
