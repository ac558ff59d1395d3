"""The two ports from a use case to its caller: questions and progress.

A terminal, a web page and a batch job each implement them. `livecam.core.fake_prompter` has one of each.
"""

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable


class NoAnswer(Exception):
    """The user left a question without an answer."""


@runtime_checkable
class Prompter(Protocol):
    """The user, as a use case sees them.

    All methods are called from the thread that runs the use case.
    """

    @property
    def interactive(self) -> bool:
        """Whether a user can answer.

        Where False, `ask` and `ask_secret` are never called.
        """
        ...

    def say(self, text: str) -> None:
        """Show a line that is part of the result."""
        ...

    def note(self, text: str) -> None:
        """Show a remark: one sentence for the user that changes nothing."""
        ...

    def ask(self, question: str) -> str:
        """Show a question of one or more lines; return the typed answer.

        Raises:
            NoAnswer: The user left.
        """
        ...

    def ask_secret(self, question: str) -> str:
        """Ask for a passphrase, which is not shown while it is typed.

        Raises:
            NoAnswer: The user left.
        """
        ...


class ProgressTask(Protocol):
    """One task with a progress display."""

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Show the share that is done, 0 to 1, or another text; None changes nothing."""
        ...


@runtime_checkable
class Progress(Protocol):
    """Shows the progress of a use case."""

    def task(self, name: str, *, measured: bool = False) -> AbstractContextManager[ProgressTask]:
        """Show a task until its block is left; `measured` ones report their share."""
        ...
