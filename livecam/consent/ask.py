"""The questions before a face is first used, as a pure conversation: answers go in, a record comes out."""

from collections.abc import Generator
from datetime import datetime

from livecam.consent.record import ANSWERS, VALID_MONTHS, new_record
from livecam.core.errors import ConsentError
from livecam.core.persona import ConsentRecord, PersonaKind

Interview = Generator[str, str, ConsentRecord]

_KINDS = tuple(ANSWERS)
_ALLOWED = ", ".join(str(kind) for kind in _KINDS)


def interview(photo_name: str, photo_sha256: str, now: datetime) -> Interview:
    """Ask whose face it is and for the statement.

    Yields:
        A text to show; the typed answer is sent back. What is not understood is asked again.

    Returns:
        The record.

    Raises:
        ConsentError: The statement was not made.
    """
    kind = _kind((yield _question(photo_name)))
    while kind is None:
        kind = _kind((yield f"Please answer 1, 2 or 3 ({_ALLOWED}): "))
    answer = (yield _statement(kind)).strip().lower()
    while answer not in ("yes", "no"):
        answer = (yield "Please answer yes or no: ").strip().lower()
    if answer == "no":
        raise ConsentError(
            f"{photo_name} is not used: the statement was not made",
            hint="livecam persona list (built-in faces that belong to nobody)",
        )
    return new_record(kind, photo_sha256, now)


def unasked(photo_name: str) -> ConsentError:
    """The error where nobody can be asked and nothing was answered beforehand."""
    return ConsentError(
        f"nobody has said whose face {photo_name} shows",
        hint=f"add --consent {'|'.join(str(kind) for kind in _KINDS)}, or run it in a terminal and answer",
    )


def _question(photo_name: str) -> str:
    lines = [f"Whose face does {photo_name} show?"]
    for number, (kind, answer) in enumerate(ANSWERS.items(), 1):
        lines += [f"  {number}  {answer.short} ({kind})", f"     {answer.means}"]
    return "\n".join([*lines, "Answer 1, 2 or 3: "])


def _statement(kind: PersonaKind) -> str:
    return (
        f'You state: "{ANSWERS[kind].statement}"\n'
        "The statement and a copy of the photo are kept on this computer, readable by you alone.\n"
        f"livecam asks again after {VALID_MONTHS} months.\n"
        "Is that so? (yes/no): "
    )


def _kind(typed: str) -> PersonaKind | None:
    word = typed.strip().lower()
    if word in ("1", "2", "3"):
        return _KINDS[int(word) - 1]
    return PersonaKind(word) if word in _KINDS else None
