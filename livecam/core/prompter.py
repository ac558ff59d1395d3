"""The two ports of a use case to whoever started it.

One that talks, one that shows how far it is.

A terminal, a web page and a batch job each implement them. `livecam.core.fake_prompter` has one of each.
"""

from contextlib import AbstractContextManager
from typing import Protocol, runtime_checkable


class NoAnswer(Exception):
    """The person left a question without an answer."""


@runtime_checkable
class Prompter(Protocol):
    """The person a use case talks to.

    All methods are called from the thread that runs the use case.
    """

    @property
    def interactive(self) -> bool:
        """Whether a person can answer.

        Where False, `ask` and `ask_secret` are never called.
        """
        ...

    def say(self, text: str) -> None:
        """Show a line that is part of the result."""
        ...

    def note(self, text: str) -> None:
        """Show a remark: one sentence the person should know, which changes nothing."""
        ...

    def ask(self, question: str) -> str:
        """Show a question of one or more lines and return what was typed.

        Raises:
            NoAnswer: The person left.
        """
        ...

    def ask_secret(self, question: str) -> str:
        """Ask for a passphrase, which is not shown while it is typed.

        Raises:
            NoAnswer: The person left.
        """
        ...


class ProgressTask(Protocol):
    """One piece of work that is being shown."""

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Show the share that is done, 0 to 1, or another text; None leaves it as it is."""
        ...


@runtime_checkable
class Progress(Protocol):
    """Shows how far a use case is."""

    def task(self, name: str, *, measured: bool = False) -> AbstractContextManager[ProgressTask]:
        """Show a task until its block is left; `measured` ones report their share."""
        ...
