"""Ask who a photo shows or who speaks, where that has not been answered yet."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

from livecam.app.own_face import ConfirmMismatch
from livecam.app.stores import persona_store
from livecam.config.settings import Settings
from livecam.consent.interview import FACE, YES, Subject, interview, not_answered, unasked, whose
from livecam.core.persona import ConsentRecord, PersonaKind
from livecam.core.prompter import NoAnswer, Prompter
from livecam.personas.intake import PhotoFile, ended, is_answered, read_photo, texture_of
from livecam.personas.photo.decoding import decode_photo
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder

Answered = TypeVar("Answered")


def with_consent(settings: Settings, prompter: Prompter) -> Settings:
    """Return the settings with an answer for their photo; asks for it where there is none yet.

    Raises:
        PhotoError: The photo cannot be read or is no picture.
        ConsentError: There is no answer and no person to ask, the statement was not made, or it was taken back.
    """
    if settings.face is None:
        return settings
    photo = read_photo(settings.face)
    store = persona_store(settings)
    store.revocations.check(photo.path.name, f"livecam persona add {photo.path}", (photo.sha256,))
    if settings.consent is not None or is_answered(photo, store):
        return settings
    return replace(settings, consent=ask_about(photo, store, prompter).kind)


def ask_about(photo: PhotoFile, store: PersonaStore, prompter: Prompter) -> ConsentRecord:
    """Ask about a photo, after the face in it was found: a photo that does not serve needs no answer.

    Raises:
        PhotoError: The photo does not serve.
        ConsentError: No person can answer, the person left, or the statement was not made.
    """
    why = ended(photo, store)
    if not prompter.interactive:
        raise why or unasked(photo.path.name)
    _check_photo(photo)
    if why is not None:
        prompter.note(str(why))
    try:
        return hold(interview(photo.path.name, photo.sha256, store.now()), prompter)
    except NoAnswer:
        raise not_answered(photo.path.name, FACE.instead) from None


def ask_kind(shown: str, subject: Subject, what: str, prompter: Prompter) -> PersonaKind:
    """Ask about a voice.

    Args:
        shown: Name of what is asked about.
        subject: The questions and statements.
        what: What is not known, with a place for the name; said where no person can answer.
        prompter: The person.

    Raises:
        ConsentError: No person can answer, the person left, or the statement was not made.
    """
    if not prompter.interactive:
        raise unasked(shown, what)
    try:
        return hold(whose(shown, subject), prompter)
    except NoAnswer:
        raise not_answered(shown, subject.instead) from None


def confirm_own_face(prompter: Prompter) -> ConfirmMismatch:
    """Make the question whether a face is the person's own although it does not look so; no person, no."""

    def confirm(doubt: str) -> bool:
        if not prompter.interactive:
            return False
        prompter.say(f"{doubt[:1].upper()}{doubt[1:]}.")
        try:
            answer = prompter.ask("Is it your own face all the same? (yes/no): ")
        except NoAnswer:
            return False
        return answer.strip().lower() in YES

    return confirm


def hold(conversation: Generator[str, str, Answered], prompter: Prompter) -> Answered:
    """Carry an interview out and return its result.

    Raises:
        NoAnswer: The person left.
    """
    shown = next(conversation)
    while True:
        try:
            shown = conversation.send(prompter.ask(shown))
        except StopIteration as end:
            answered: Answered = end.value
            return answered


def _check_photo(photo: PhotoFile) -> None:
    with closing(open_face_finder()) as finder:
        texture_of(decode_photo(photo.data, photo.path.name), photo.path.name, finder)
