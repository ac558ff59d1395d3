"""The ports of a use case in a terminal: questions, notes and bars."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from typing import TYPE_CHECKING

import typer

from livecam.console.prompt import wrapped
from livecam.core.prompter import NoAnswer, ProgressTask

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.status import Status


def at_terminal() -> bool:
    """Whether a person can read a question and type an answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


class TerminalPrompter:
    """Prints, and asks where there is a terminal."""

    @property
    def interactive(self) -> bool:
        """Whether there is a terminal."""
        return at_terminal()

    def say(self, text: str) -> None:
        """Print a line."""
        typer.echo(text)

    def note(self, text: str) -> None:
        """Print a line that begins with "note:"."""
        typer.echo(f"note: {text}")

    def ask(self, question: str) -> str:
        """Print the question; the answer is typed behind it. Ctrl-C and Ctrl-D leave it."""
        try:
            return input(wrapped(question))
        except (EOFError, KeyboardInterrupt):
            typer.echo()  # the answer's line was never ended
            raise NoAnswer from None

    def ask_secret(self, question: str) -> str:
        """Ask without showing what is typed; Ctrl-C ends the program."""
        try:
            return getpass(question)
        except EOFError:
            typer.echo()
            raise NoAnswer from None


class TerminalProgress:
    """A bar or a spinner on standard error of a terminal.

    Elsewhere nothing: a log gets no empty lines.
    """

    @contextmanager
    def task(self, name: str, *, measured: bool = False) -> Iterator[ProgressTask]:
        """Show one task until the block is left."""
        with _bar(name) if measured else _spinner(name) as task:
            yield task


class _Bar:
    def __init__(self, bar: "Progress", name: str) -> None:
        self._bar = bar
        self._task = bar.add_task(name, total=1.0)

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Show the share."""
        self._bar.update(self._task, completed=share, description=text)


class _Spinner:
    def __init__(self, status: "Status") -> None:
        self._status = status

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Show the text."""
        if text is not None:
            self._status.update(text)


@contextmanager
def _bar(name: str) -> Iterator[ProgressTask]:
    from rich.console import Console
    from rich.progress import Progress

    is_terminal = Console(stderr=True).is_terminal
    with Progress(console=Console(stderr=True, quiet=not is_terminal), transient=True) as bar:
        yield _Bar(bar, name)


@contextmanager
def _spinner(name: str) -> Iterator[ProgressTask]:
    from rich.console import Console

    with Console(stderr=True).status(name) as status:
        yield _Spinner(status)
