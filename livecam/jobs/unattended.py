"""The person and the progress bar of a job: no person can answer, and progress goes to whoever asked for the job."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livecam.core.prompter import NoAnswer, ProgressTask
from livecam.jobs.job import Progress


class Unattended:
    """Answers nothing and keeps what is said.

    Attributes:
        said: Lines of the result.
        notes: Remarks.
    """

    interactive = False

    def __init__(self) -> None:
        self.said: list[str] = []
        self.notes: list[str] = []

    def say(self, text: str) -> None:
        """Keep a line."""
        self.said.append(text)

    def note(self, text: str) -> None:
        """Keep a remark."""
        self.notes.append(text)

    def ask(self, question: str) -> str:
        """Leave the question without an answer.

        Raises:
            NoAnswer: Always.
        """
        raise NoAnswer

    ask_secret = ask


class Told:
    """Progress of a use case as progress of a job."""

    def __init__(self, tell: Callable[[Progress], None]) -> None:
        self._tell = tell

    @contextmanager
    def task(self, name: str, *, measured: bool = False) -> Iterator[ProgressTask]:
        """Tell a task until its block is left."""
        yield _Task(self._tell, name)


class _Task:
    def __init__(self, tell: Callable[[Progress], None], name: str) -> None:
        self._tell, self._name = tell, name
        tell(Progress(None, name))

    def update(self, share: float | None = None, text: str | None = None) -> None:
        """Tell it."""
        self._name = text or self._name
        self._tell(Progress(share, self._name))
