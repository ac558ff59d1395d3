"""Fakes of a user and a progress bar, for tests and batch jobs.

They have prepared answers, and keep what is shown.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from livecam.core.prompter import NoAnswer, ProgressTask


class ScriptedPrompter:
    """Gives prepared answers; without any it is not interactive.

    Attributes:
        said: Lines of the result.
        notes: Remarks.
        asked: Questions, secret ones too.
    """

    def __init__(self, answers: Sequence[str] | None = None) -> None:
        """Set the answers in order; after the last the user leaves.

        None is not interactive.
        """
        self.said: list[str] = []
        self.notes: list[str] = []
        self.asked: list[str] = []
        self.interactive = answers is not None
        self._answers = iter(answers or ())

    def say(self, text: str) -> None:
        """Keep a line."""
        self.said.append(text)

    def note(self, text: str) -> None:
        """Keep a remark."""
        self.notes.append(text)

    def ask(self, question: str) -> str:
        """Return the next answer."""
        self.asked.append(question)
        answer = next(self._answers, None)
        if answer is None:
            raise NoAnswer
        return answer

    def ask_secret(self, question: str) -> str:
        """Return the next answer, as `ask` gives it."""
        return self.ask(question)


class RecordedProgress:
    """Keeps every task with the shares and texts it showed.

    Attributes:
        shown: (task, share, text) per update; share and text are None where they stayed.
        ended: Tasks in the order in which they ended.
    """

    def __init__(self) -> None:
        self.shown: list[tuple[str, float | None, str | None]] = []
        self.ended: list[str] = []

    @contextmanager
    def task(self, name: str, *, measured: bool = False) -> Iterator[ProgressTask]:
        """Keep what is shown of one task."""
        try:
            yield _RecordedTask(name, self.shown)
        finally:
            self.ended.append(name)


class _RecordedTask:
    def __init__(self, name: str, shown: list[tuple[str, float | None, str | None]]) -> None:
        self._name = name
        self._shown = shown

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Keep what is shown."""
        self._shown.append((self._name, share, text))
