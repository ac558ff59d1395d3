"""Runs queued jobs one after the other; a turn at a time, so that tests call `turn` and threads call `run`."""

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final

from livecam.core.errors import OutputError
from livecam.core.files.lock import FileLock
from livecam.jobs.job import ATTEMPTS_AT_MOST, Failure, Job, Progress, State
from livecam.jobs.port import Attempt, Executor, Outcome
from livecam.jobs.store import SqliteJobStore

LOCK: Final = "runner.lock"
_LOOK_S: Final = 0.25
_CRASHED: Final = "livecam jobs show {}, then livecam jobs retry {}"


class Runner:
    """The one process that runs jobs; others add and cancel.

    Args:
        store: Where the jobs are.
        executor: Runs them.

    Raises:
        OutputError: Another process runs them.
    """

    def __init__(self, store: SqliteJobStore, executor: Executor) -> None:
        try:
            self._lock = FileLock(store.folder / LOCK)
        except OutputError as error:
            raise OutputError("another livecam runs the jobs of this folder", command="livecam jobs list") from error
        self._store, self._executor = store, executor
        self._job: Job | None = None
        self._attempt: Attempt | None = None
        self._told = Progress()
        self._recover()

    @property
    def job(self) -> Job | None:
        """The one that runs."""
        return self._job

    def _recover(self) -> None:
        """What a runner that ended left behind: begun jobs wait again, or were the end of it too often."""
        for job in self._store.list(State.RUNNING, at_most=1000):
            self._crashed(job, "livecam ended while it ran")
        for job in self._store.list(State.CANCELLING, at_most=1000):
            self._store.change(job, State.CANCELLED)
            self._clear(job)

    def turn(self) -> bool:
        """Begin a job, or look after the one that runs; False where there is nothing to do."""
        if self._job is None or self._attempt is None:
            return self._begin()
        if self._attempt.progress != self._told:
            self._told = self._attempt.progress
            self._store.report(self._job, self._told)
        outcome = self._attempt.outcome()
        if outcome is not None:
            self._end(self._job, outcome)
        elif self._store.get(self._job.id).state is State.CANCELLING:
            self._attempt.end()
            self._end(self._job, Outcome(last_words="cancelled"))
        return True

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
        if self._job is not None and self._attempt is not None:
            self._attempt.end()
            self._store.change(self._job, State.QUEUED, counted=False)
            self._clear(self._job)
            self._job = self._attempt = None
        self._lock.close()

    def _begin(self) -> bool:
        job = self._store.claim()
        if job is None:
            return False
        folder = self._store.folder_of(job)
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self._job, self._attempt, self._told = job, self._executor.start(job, folder), Progress()
        except (OSError, OutputError) as error:
            said = error.help_text if isinstance(error, OutputError) else "free some space"
            self._store.change(job, State.FAILED, failure=Failure(f"the job cannot begin: {error}", said, 3))
        return True

    def _end(self, job: Job, outcome: Outcome) -> None:
        self._job = self._attempt = None
        if outcome.result is not None:
            self._finish(job, State.DONE, result=outcome.result)
        elif outcome.failure is not None:
            self._finish(job, State.FAILED, failure=outcome.failure)
            self._clear(job)
        else:
            self._crashed(job, outcome.last_words)

    def _finish(
        self, job: Job, to: State, result: Mapping[str, object] | None = None, failure: Failure | None = None
    ) -> None:
        """A cancel that came with the end comes too late for a result, not for a failure."""
        if self._store.change(job, to, result=result, failure=failure) is None:
            cancelled = replace(job, state=State.CANCELLING)
            self._store.change(cancelled, to if to is State.DONE else State.CANCELLED, result=result)

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
        """Remove what an attempt left; what a process that dies still writes there nobody reads."""
        shutil.rmtree(self._store.folder_of(job), ignore_errors=True)


def cancel(store: SqliteJobStore, job: Job) -> Job:
    """Ask for the end of a job; one that waits ends at once, one that has ended stays as it is."""
    while not job.state.is_final and job.state is not State.CANCELLING:
        to = State.CANCELLED if job.state is State.QUEUED else State.CANCELLING
        job = store.change(job, to) or store.get(job.id)
    return job


def retry(store: SqliteJobStore, job: Job) -> Job:
    """Queue a job again that failed or was cancelled; any other stays as it is."""
    while job.state in (State.FAILED, State.CANCELLED):
        job = store.change(job, State.QUEUED) or store.get(job.id)
    return job


def remove(store: SqliteJobStore, job: Job) -> bool:
    """Forget a job in a final state, with its files; whether that was done."""
    if not job.state.is_final or not store.remove(job):
        return False
    shutil.rmtree(_of(store, job), ignore_errors=True)
    return True


def _of(store: SqliteJobStore, job: Job) -> Path:
    return store.folder / job.id
