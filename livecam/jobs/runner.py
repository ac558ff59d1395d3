"""Runs queued jobs, as many at a time as the executor takes.

A turn at a time, so that tests call `turn` and threads call `run`.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Event
from typing import Final

from livecam.core.errors import LivecamError, OutputError, UsageError
from livecam.core.files.errors import reason_of
from livecam.core.files.lock import FileLock
from livecam.jobs.consent_watch import JobConsent
from livecam.jobs.job import ATTEMPTS_AT_MOST, Failure, Job, Progress, State
from livecam.jobs.kinds import FINISH, kind_named
from livecam.jobs.port import Attempt, Executor, Outcome
from livecam.jobs.store import SqliteJobStore

LOCK: Final = "runner.lock"
_LOOK_S: Final = 0.25
_CRASHED: Final = "livecam jobs show {}, then livecam jobs retry {}"


@dataclass(slots=True)
class _Running:
    """A job, its attempt, and the progress that was kept last."""

    job: Job
    attempt: Attempt
    said: Progress = field(default_factory=Progress)


class Runner:
    """The one process that runs jobs; others add and cancel.

    Args:
        store: Where the jobs are.
        executor: Runs them.
        consent: Says which jobs may not be done any more; None where no record is watched.

    Raises:
        OutputError: Another process runs them.
    """

    def __init__(self, store: SqliteJobStore, executor: Executor, consent: JobConsent | None = None) -> None:
        try:
            self._lock = FileLock(store.folder / LOCK)
        except OutputError as error:
            raise OutputError("another livecam runs the jobs of this folder", command="livecam jobs list") from error
        self._store, self._executor, self._consent = store, executor, consent
        self._running: dict[str, _Running] = {}
        self._recover()

    @property
    def job(self) -> Job | None:
        """The one that has run longest."""
        return next((each.job for each in self._running.values()), None)

    def _recover(self) -> None:
        """Take over what a runner that ended left.

        Begun jobs wait again, or were the end of it too often.
        """
        for job in self._store.list(State.RUNNING, at_most=1000):
            self._crashed(job, "livecam ended while it ran")
        for job in self._store.list(State.CANCELLING, at_most=1000):
            self._store.change(job, State.CANCELLED)
            self._clear(job)

    def turn(self) -> bool:
        """Look after the jobs that run, and begin others where there is room.

        False where there is nothing to do.
        """
        room = self._executor.slots - len(self._running)
        self._withdraw()
        busy = bool(self._running)
        for each in tuple(self._running.values()):
            self._look_after(each)
        while room > 0 and (job := self._store.claim()) is not None:
            busy, room = True, room - 1
            self._begin(job)
        return busy or bool(self._store.list(State.QUEUED, at_most=1))

    def run(self, stopping: Event, until_empty: bool = False) -> None:
        """Run jobs until it is to stop; what runs then waits again."""
        try:
            while not stopping.is_set():
                if not self.turn() and until_empty:
                    return
                stopping.wait(_LOOK_S)
        finally:
            self.close()

    def close(self) -> None:
        """End what runs, put it back, and let other processes run jobs. Idempotent."""
        for each in tuple(self._running.values()):
            each.attempt.end()
            self._store.change(each.job, State.QUEUED, counted=False)
            self._clear(each.job)
        self._running.clear()
        self._executor.close()
        self._lock.close()

    def _withdraw(self) -> None:
        """End the jobs of a persona or voice that may not be used any more."""
        if self._consent is None:
            return
        running = {each.job.id: each for each in self._running.values()}
        for job, failure in self._consent.ended(self._store, tuple(each.job for each in running.values())):
            if job.id in running:
                running[job.id].attempt.end()
                del self._running[job.id]
                self._store.change(job, State.CANCELLING)
                self._store.change(replace(job, state=State.CANCELLING), State.CANCELLED, failure=failure)
                self._clear(job)
            else:
                self._store.change(job, State.CANCELLED, failure=failure)

    def _begin(self, job: Job) -> None:
        folder = self._store.folder_of(job)
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            if self._consent is not None:
                self._consent.check(job)
            self._running[job.id] = _Running(job, self._executor.start(job, folder))
        except (OSError, LivecamError) as error:
            said, code = "free some space", OutputError.exit_code
            if isinstance(error, LivecamError):
                said, code = error.help_text, error.exit_code
            self._store.change(
                job, State.FAILED, failure=Failure(f"the job cannot begin: {reason_of(error)}", said, code)
            )

    def _look_after(self, each: _Running) -> None:
        if each.attempt.progress != each.said:
            each.said = each.attempt.progress
            self._store.report(each.job, each.said)
        outcome = each.attempt.outcome()
        if outcome is not None:
            self._end(each.job, outcome)
        elif self._store.get(each.job.id).state is State.CANCELLING:
            each.attempt.end()
            self._end(each.job, Outcome(last_words="cancelled"))

    def _end(self, job: Job, outcome: Outcome) -> None:
        del self._running[job.id]
        if outcome.result is not None:
            self._finish(job, State.DONE, result=outcome.result)
        elif outcome.failure is not None:
            self._finish(job, State.FAILED, failure=outcome.failure)
            self._clear(job)
        elif outcome.lost:
            self._give_back(job)
        else:
            self._crashed(job, outcome.last_words)

    def _finish(
        self, job: Job, to: State, result: Mapping[str, object] | None = None, failure: Failure | None = None
    ) -> None:
        """End an attempt.

        A cancel at the same time is too late for a result, but not for a failure.
        """
        if self._store.change(job, to, result=result, failure=failure) is None:
            cancelled = replace(job, state=State.CANCELLING)
            self._store.change(cancelled, to if to is State.DONE else State.CANCELLED, result=result)

    def _give_back(self, job: Job) -> None:
        """Let a job wait again that lost its place; the attempt does not count."""
        if self._store.change(job, State.QUEUED, counted=False) is None:
            self._store.change(replace(job, state=State.CANCELLING), State.CANCELLED)
        self._clear(job)

    def _crashed(self, job: Job, words: str) -> None:
        says = f"the job ended its process {job.attempts} times: {words}"
        failure = Failure(says, _CRASHED.format(job.id, job.id), 1)
        if job.attempts >= ATTEMPTS_AT_MOST:
            changed = self._store.change(job, State.FAILED, failure=failure)
        else:
            changed = self._store.change(job, State.QUEUED)
        if changed is None:
            self._store.change(replace(job, state=State.CANCELLING), State.CANCELLED)
        self._clear(job)

    def _clear(self, job: Job) -> None:
        """Remove what an attempt left.

        No process reads what a dying one still writes there.
        """
        shutil.rmtree(self._store.folder_of(job), ignore_errors=True)


def cancel(store: SqliteJobStore, job: Job) -> Job:
    """Ask for the end of a job.

    One that waits ends at once, one that has ended stays as it is.
    """
    while not job.state.is_final and job.state is not State.CANCELLING:
        to = State.CANCELLED if job.state is State.QUEUED else State.CANCELLING
        job = store.change(job, to) or store.get(job.id)
    return job


def finish(store: SqliteJobStore, job: Job) -> Job:
    """Ask a running job to end early and keep what it has.

    Raises:
        UsageError: It does not run, or is of a kind that cannot.
    """
    if job.state is not State.RUNNING or not kind_named(job.kind).finishes:
        raise UsageError(f"the job {job.id} cannot end early", command=f"livecam jobs cancel {job.id}")
    (store.folder_of(job) / FINISH).touch()
    return store.get(job.id)


def retry(store: SqliteJobStore, job: Job) -> Job:
    """Queue a job again that failed or was cancelled; any other stays as it is."""
    while job.state in (State.FAILED, State.CANCELLED):
        job = store.change(job, State.QUEUED) or store.get(job.id)
    return job


def remove(store: SqliteJobStore, job: Job) -> bool:
    """Forget a job in a final state, with its files; whether that was done."""
    if not job.state.is_final or not store.remove(job):
        return False
    shutil.rmtree(store.folder / job.id, ignore_errors=True)
    return True
