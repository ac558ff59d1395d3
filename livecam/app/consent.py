"""Ask who a photo shows or who speaks, unless that is already answered."""

from collections.abc import Callable, Collection, Generator
from contextlib import closing
from typing import TypeVar

from livecam.consent.interview import FACE, YES, Subject, ask_owner, consent_required, interview, unanswered_error
from livecam.core.persona import ConsentRecord, PersonaKind
from livecam.core.prompter import NoAnswer, Prompter
from livecam.personas.intake import KnownPhoto, look_up
from livecam.personas.photo.face import find_face
from livecam.personas.photo.photo_file import PhotoFile
from livecam.personas.store import PersonaStore
from livecam.plugins import open_face_finder

Answered = TypeVar("Answered")
ConfirmMismatch = Callable[[str], bool]
"""Shows a doubt and asks whether to go on nevertheless."""


def ask_about(
    photo: PhotoFile, store: PersonaStore, prompter: Prompter, trusted: Collection[str] = ()
) -> ConsentRecord:
    """Ask about a photo after the face in it was found.

    A photo that cannot be used needs no answer.

    Packages named in `trusted` may replace livecam's own face finder.

    Raises:
        PhotoError: The photo does not serve.
        ConsentError: No person can answer, the person left, or the statement was not made.
    """
    known = look_up(photo, store)
    if not prompter.interactive:
        raise known.trouble or consent_required(photo.path.name)
    with closing(open_face_finder(trusted)) as finder:
        find_face(photo, finder)
    return ask_who_is_shown(known, store, prompter)


def ask_who_is_shown(known: KnownPhoto, store: PersonaStore, prompter: Prompter) -> ConsentRecord:
    """Ask who a photo shows, and say why the record about it is not valid.

    Raises:
        ConsentError: The person left, or the statement was not made.
    """
    photo = known.photo
    if known.trouble is not None:
        prompter.note(str(known.trouble))
    try:
        return hold(interview(photo.path.name, photo.sha256, store.now()), prompter)
    except NoAnswer:
        raise unanswered_error(photo.path.name, FACE.instead) from None


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
        raise consent_required(shown, what)
    try:
        return hold(ask_owner(shown, subject), prompter)
    except NoAnswer:
        raise unanswered_error(shown, subject.instead) from None


def confirm_own_face(prompter: Prompter) -> ConfirmMismatch:
    """Return the question whether a face is the user's own although it differs.

    Without a person to ask, the answer is no.
    """

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
    """Conduct an interview and return its result.

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
