"""A job and its states, without files or a clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

ATTEMPTS_AT_MOST: Final = 3
"""Number of ended processes after which a job is parked as failed."""


class State(StrEnum):
    """State of a job."""

    QUEUED = "queued"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens without a retry."""
        return self in (State.DONE, State.FAILED, State.CANCELLED)


EDGES: Final[Mapping[State, frozenset[State]]] = {
    State.QUEUED: frozenset({State.RUNNING, State.CANCELLED}),
    State.RUNNING: frozenset({State.QUEUED, State.CANCELLING, State.DONE, State.FAILED}),
    State.CANCELLING: frozenset({State.CANCELLED, State.DONE, State.FAILED}),
    State.DONE: frozenset(),
    State.FAILED: frozenset({State.QUEUED}),
    State.CANCELLED: frozenset({State.QUEUED}),
}
"""All changes of state; back to `queued` from a final state is a retry."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is.

    Attributes:
        share: 0..1; None where the end is not known.
        doing: What it does now, a few words.
        left_s: Seconds that the rest is expected to take; None where that is not known.
    """

    share: float | None = None
    doing: str = ""
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed, as the command line would print it.

    Attributes:
        says: What failed and why.
        hint: The next command or step.
        exit_code: As the command would end with.
    """

    says: str
    hint: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of long work.

    Attributes:
        id: 16 hexadecimal digits.
        kind: Name of an entry point in the group `livecam.jobs`.
        inputs: Paths of the files that it reads, absolute.
        settings: Values by key, as a profile has them ("persona", "engine"), and others of the kind.
        state: Its state.
        progress: Progress of the running attempt.
        attempts: How many were begun; counted before the work starts.
        result: What the kind returned, once it is done; `files` are names in the job's folder.
        failure: Why it failed.
        created_at: ISO 8601, UTC.
        changed_at: Of the last change of state.
    """

    id: str
    kind: str
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, object] = field(default_factory=dict)
    state: State = State.QUEUED
    progress: Progress = Progress()
    attempts: int = 0
    result: Mapping[str, object] | None = None
    failure: Failure | None = None
    created_at: str = ""
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One change, in the order in which they were committed.

    Attributes:
        number: Counts up; a reader asks for those after the last it has seen.
        topic: "job", "session", "persona", "voice" or "media".
        subject: The job's ID, or another name.
        data: In plain types.
        at: ISO 8601, UTC.
    """

    number: int
    topic: str
    subject: str
    data: Mapping[str, object]
    at: str
