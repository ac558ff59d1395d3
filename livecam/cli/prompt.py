"""Questions in the terminal: whole words on every line, and a way out of each."""

import shutil
import textwrap
from typing import Final

import typer

from livecam.core.errors import ConsentError, LivecamError

LEAVE: Final = ("q", "quit")
"""Answers that leave a question."""
_WIDEST: Final = 100


def wrapped(text: str, width: int | None = None) -> str:
    """The text with its lines broken between words; what does not break (a path) stays whole.

    Args:
        text: Lines of any length.
        width: Columns there are; those of the terminal by default.
    """
    columns = (width or min(shutil.get_terminal_size().columns, _WIDEST)) - 1
    return "\n".join(line if len(line) <= columns else _broken(line, columns) for line in text.split("\n"))


def _broken(line: str, columns: int) -> str:
    """A long line as several, indented alike; a space at its end, behind which an answer is typed, stays."""
    indent = " " * (len(line) - len(line.lstrip()))
    filled = textwrap.fill(line, columns, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return filled + (" " if line.endswith(" ") else "")


def ask(text: str, left: LivecamError | None = None) -> str:
    """Ask and return the answer.

    Args:
        text: The question; the answer is typed behind it.
        left: Raised when the user leaves by q, Ctrl-C or Ctrl-D.

    Raises:
        LivecamError: `left`, or that the question was not answered.
    """
    try:
        answer = input(wrapped(text))
    except (EOFError, KeyboardInterrupt):
        typer.echo()  # the answer's line was never ended
        raise (left or _unanswered()) from None
    if answer.strip().lower() in LEAVE:
        raise left or _unanswered()
    return answer


def _unanswered() -> ConsentError:
    return ConsentError("the question was left without an answer", hint="the same command again")
