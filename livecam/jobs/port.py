"""Ports: what keeps jobs, and what runs them.

`livecam.jobs.store` and `livecam.jobs.child` have one of each.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from livecam.jobs.job import Event, Failure, Job, Progress, State


class JobStore(Protocol):
    """Jobs and their events."""

    def add(
        self, kind: str, inputs: Sequence[str], settings: Mapping[str, object], key: str | None = None
    ) -> tuple[Job, bool]:
        """Keep a new job; the same `key` returns the job that was made with it.

        Returns:
            The job, and whether it is new.

        Raises:
            UsageError: The key was used for another request.
        """
        ...

    def get(self, job_id: str) -> Job:
        """Return the job of that ID.

        Raises:
            UsageError: There is none.
        """
        ...

    def list(self, state: State | None = None, after: str | None = None, at_most: int = 100) -> tuple[Job, ...]:
        """Return jobs, newest first; `after` is the ID of the last one that was seen."""
        ...

    def claim(self) -> Job | None:
        """Return the oldest queued job, now running, with its attempt counted.

        None where none is queued.
        """
        ...

    def change(
        self,
        job: Job,
        to: State,
        *,
        result: Mapping[str, object] | None = None,
        failure: Failure | None = None,
        counted: bool = True,
    ) -> Job | None:
        """Change the state of a job if it is still in that state and attempt, else None.

        With `counted` False the attempt does not count, as it ended without a fault of the job.
        """
        ...

    def report(self, job: Job, progress: Progress) -> None:
        """Keep the progress of an attempt; do nothing when it no longer runs."""
        ...

    def remove(self, job: Job) -> bool:
        """Remove a job in a final state; return whether it was there."""
        ...

    def events(self, after: int, at_most: int = 500) -> tuple[Event, ...]:
        """Return what happened after that number."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended: with a result, with a failure, or with neither.

    Attributes:
        result: What the kind returned.
        failure: What the command line would print.
        last_words: The last line of an attempt that ended without either.
        lost: Whether the place where it ran was lost or full, which is no fault of the job.
    """

    result: Mapping[str, object] | None = None
    failure: Failure | None = None
    last_words: str = ""
    lost: bool = False


class Attempt(Protocol):
    """A job that runs."""

    @property
    def progress(self) -> Progress:
        """The latest progress message."""
        ...

    def outcome(self) -> Outcome | None:
        """Return how it ended; None while it runs."""
        ...

    def end(self) -> None:
        """End it at once; return when it no longer runs. Idempotent."""
        ...


class Executor(Protocol):
    """Where jobs run: a child process here, another machine elsewhere."""

    @property
    def slots(self) -> int:
        """How many attempts may run at once now."""
        ...

    def start(self, job: Job, folder: Path) -> Attempt:
        """Begin an attempt, with an empty `folder` for its files.

        Raises:
            LivecamError: It cannot be started, or may not be.
        """
        ...

    def close(self) -> None:
        """Let go of what it holds; no attempt runs any more. Idempotent."""
        ...
