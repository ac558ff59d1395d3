"""Ask the questions before a face is first used, as a pure conversation.

It takes answers and returns a record.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from datetime import datetime
from textwrap import fill
from typing import Final

from livecam.consent.record import ANSWERS, VALID_MONTHS, ConsentAnswer, new_record
from livecam.core.errors import ConsentError, remedy
from livecam.core.persona import ConsentRecord, PersonaKind

YES: Final = ("yes", "y")
NO: Final = ("no", "n")
_LEAVE: Final = ("q", "quit", "exit")
_WIDTH: Final = 78
Interview = Generator[str, str, ConsentRecord]

_KINDS = tuple(PersonaKind)
_ALLOWED = ", ".join(str(kind) for kind in _KINDS)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about.

    Attributes:
        question: With a placeholder for the file's name.
        answers: By kind.
        kept: What is kept with the statement.
        instead: What can be used without an answer.
    """

    question: str
    answers: Mapping[PersonaKind, ConsentAnswer]
    kept: str
    instead: str


FACE = Subject(
    question="Who is shown in {}?",
    answers=ANSWERS,
    kept="The statement and a copy of the photo are kept on this computer, readable by you alone.",
    instead="livecam persona list (built-in synthetic faces)",
)


def interview(photo_name: str, photo_sha256: str, now: datetime) -> Interview:
    """Ask who owns the face, and ask for the statement.

    Yields:
        A text to show; the typed answer is sent back. An unclear answer is asked for again.

    Returns:
        The record.

    Raises:
        ConsentError: The statement was not made.
    """
    kind = yield from ask_owner(photo_name, FACE)
    return new_record(kind, photo_sha256, now)


def ask_owner(name: str, subject: Subject) -> Generator[str, str, PersonaKind]:
    """Ask who owns a file's face or voice, and ask for the statement.

    Yields and raises as `interview`.

    Returns:
        The answer with a statement.
    """
    kind = _kind(_left((yield _question(name, subject)), name, subject))
    while kind is None:
        kind = _kind(_left((yield f"Please answer 1, 2 or 3 ({_ALLOWED}; q leaves): "), name, subject))
    answer = _left((yield _statement(kind, subject)), name, subject).strip().lower()
    while answer not in (*YES, *NO):
        answer = _left((yield "Please answer yes or no (q leaves): "), name, subject).strip().lower()
    if answer in NO:
        raise ConsentError(f"{name} is not used: the statement was not made", **remedy(subject.instead))
    return kind


def consent_required(name: str, what: str = "who {} shows") -> ConsentError:
    """Return the error where no user can be asked and no answer was given before."""
    return ConsentError(
        f"no user has said {what.format(name)}",
        advice=f"add --consent {'|'.join(str(kind) for kind in _KINDS)}, or run it in a terminal and answer",
    )


def _question(name: str, subject: Subject) -> str:
    lines = [_wrapped(subject.question.format(name))]
    for number, (kind, answer) in enumerate(subject.answers.items(), 1):
        lines += [f"  {number}  {answer.short} ({kind})", _wrapped(answer.means, "     ")]
    return "\n".join([*lines, "Answer 1, 2 or 3 (q leaves): "])


def _statement(kind: PersonaKind, subject: Subject) -> str:
    said = f'You state: "{subject.answers[kind].statement}"'
    asked_again = f"livecam asks again after {VALID_MONTHS} months."
    return "\n".join([_wrapped(said), _wrapped(subject.kept), asked_again, "Is that so? (yes/no, q leaves): "])


def _wrapped(text: str, indent: str = "") -> str:
    """Wrap text at 78 columns, between words.

    Only a word longer than a line is broken.
    """
    return fill(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False)


def _left(typed: str, name: str, subject: Subject) -> str:
    """Return the answer that was typed.

    Raises:
        ConsentError: The user wants to leave.
    """
    if typed.strip().lower() in _LEAVE:
        raise unanswered_error(name, subject.instead)
    return typed


def unanswered_error(name: str, instead: str) -> ConsentError:
    """Return the error for a user who left without an answer."""
    return ConsentError(f"{name} is not used: the question was left without an answer", **remedy(instead))


def _kind(typed: str) -> PersonaKind | None:
    word = typed.strip().lower()
    if word in ("1", "2", "3"):
        return _KINDS[int(word) - 1]
    return PersonaKind(word) if word in _KINDS else None
