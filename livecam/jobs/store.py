"""Keep jobs in SQLite.

Every change is one compare-and-set and one row of events, in one transaction.
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from livecam.core.clock import utc_now
from livecam.core.errors import UsageError
from livecam.jobs.job import EDGES, Event, Failure, Job, Progress, State
from livecam.jobs.rows import COLUMNS, event_of, make_job, text_of
from livecam.jobs.schema import connect, file_error


class SqliteJobStore:
    """Jobs in one SQLite file.

    Args:
        folder: Where the file and the jobs' results lie; made where it is missing.
        now: Calendar time, UTC.

    Raises:
        OutputError: The file cannot be opened.
    """

    def __init__(self, folder: Path, now: Callable[[], datetime] = utc_now) -> None:
        self.folder = folder
        self._now, self._lock, self._open = now, RLock(), connect(folder)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._open.close()

    def __del__(self) -> None:
        if hasattr(self, "_open"):
            self._open.close()

    def folder_of(self, job: Job) -> Path:
        """Return where the attempt that runs or is done has its files."""
        return self.folder / job.id / str(job.attempts)

    def add(
        self, kind: str, inputs: Sequence[str], settings: Mapping[str, object], key: str | None = None
    ) -> tuple[Job, bool]:
        """Do as the port says."""
        request = json.dumps([kind, list(inputs), dict(settings)], sort_keys=True)
        with self._changing() as now:
            if key is not None:
                row = self._first("SELECT request, id FROM accepted WHERE key = ?", (key,))
                if row is not None and row[0] != request:
                    raise UsageError("this Idempotency-Key was used for another request", advice="take a new key")
                if row is not None:
                    return self.get(row[1]), False
            job = Job(secrets.token_hex(8), kind, tuple(inputs), dict(settings), created_at=now, changed_at=now)
            self._open.update(
                f"INSERT INTO jobs ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)",
                (
                    job.id,
                    kind,
                    json.dumps(job.inputs),
                    json.dumps(job.settings),
                    job.state,
                    json.dumps(asdict(job.progress)),
                    0,
                    now,
                    now,
                ),
            )
            if key is not None:
                self._open.update("INSERT INTO accepted VALUES (?, ?, ?, ?)", (key, request, job.id, now))
            self._say(job, now)
        return job, True

    def get(self, job_id: str) -> Job:
        """Do as the port says."""
        with self._lock:
            row = self._first(f"SELECT {COLUMNS} FROM jobs WHERE id = ?", (job_id,))
        if row is None:
            raise UsageError(f"there is no job {job_id}", command="livecam jobs list")
        return self._job(row)

    def list(self, state: State | None = None, after: str | None = None, at_most: int = 100) -> tuple[Job, ...]:
        """Do as the port says."""
        where, values = ["1"], list[object]()
        if state is not None:
            where, values = [*where, "state = ?"], [*values, state]
        if after is not None:
            where, values = [*where, "number < (SELECT number FROM jobs WHERE id = ?)"], [*values, after]
        query = f"SELECT {COLUMNS} FROM jobs WHERE {' AND '.join(where)} ORDER BY number DESC LIMIT ?"
        with self._lock:
            return tuple(map(self._job, self._open.query(query, (*values, at_most))))

    def claim(self) -> Job | None:
        """Do as the port says."""
        oldest = f"SELECT {COLUMNS} FROM jobs WHERE state = ? ORDER BY number LIMIT 1"
        with self._lock:
            if self._first(oldest, (State.QUEUED,)) is None:
                return None
            with self._changing():
                row = self._first(oldest, (State.QUEUED,))
                return None if row is None else self.change(self._job(row), State.RUNNING)

    def change(
        self,
        job: Job,
        to: State,
        *,
        result: Mapping[str, object] | None = None,
        failure: Failure | None = None,
        counted: bool = True,
    ) -> Job | None:
        """Do as the port says."""
        if to not in EDGES[job.state]:
            raise ValueError(f"a job does not go from {job.state} to {to}")
        attempts = job.attempts + (to is State.RUNNING) - (not counted)
        attempts = 0 if job.state.is_final else attempts
        progress = Progress(1.0) if to is State.DONE else Progress() if to is State.QUEUED else job.progress
        with self._changing() as now:
            after = replace(
                job, state=to, attempts=attempts, result=result, failure=failure, progress=progress, changed_at=now
            )
            done = self._open.update(
                "UPDATE jobs SET state = ?, attempts = ?, result = ?, failure = ?, progress = ?, changed_at = ? "
                "WHERE id = ? AND state = ? AND attempts = ?",
                (
                    to,
                    attempts,
                    None if result is None else json.dumps(result),
                    None if failure is None else json.dumps(asdict(failure)),
                    json.dumps(asdict(progress)),
                    now,
                    job.id,
                    job.state,
                    job.attempts,
                ),
            )
            if done != 1:
                return None
            self._say(after, now)
            return after

    def report(self, job: Job, progress: Progress) -> None:
        """Do as the port says."""
        query = "UPDATE jobs SET progress = ? WHERE id = ? AND attempts = ? AND state IN (?, ?)"
        values = (json.dumps(asdict(progress)), job.id, job.attempts, State.RUNNING, State.CANCELLING)
        with self._lock:
            # Lost in a power failure without harm: the next one tells more.
            self._open.update("PRAGMA synchronous=NORMAL")
            self._open.update(query, values)
            self._open.update("PRAGMA synchronous=FULL")

    def remove(self, job: Job) -> bool:
        """Do as the port says."""
        with self._changing():
            done = self._open.update("DELETE FROM jobs WHERE id = ? AND state = ?", (job.id, job.state))
            self._open.update("DELETE FROM accepted WHERE id = ?", (job.id,))
        return done == 1 and job.state.is_final

    def say(self, topic: str, subject: str, data: Mapping[str, object]) -> None:
        """Add an event that is about something else than a job."""
        with self._changing() as now:
            self._event(topic, subject, data, now)

    def events(self, after: int, at_most: int = 500) -> tuple[Event, ...]:
        """Do as the port says."""
        query = "SELECT number, topic, subject, data, at FROM events WHERE number > ? ORDER BY number LIMIT ?"
        with self._lock:
            return tuple(map(self._said, self._open.query(query, (after, at_most))))

    def last_event(self) -> int:
        """Return the number of the newest event; 0 before the first."""
        with self._lock:
            return int(self._open.query("SELECT coalesce(max(number), 0) FROM events")[0][0])

    def data_version(self) -> int:
        """Return a number that differs once another process has changed the file."""
        with self._lock:
            return int(self._open.query("PRAGMA data_version")[0][0])

    def _first(self, query: str, values: Sequence[object]) -> tuple[Any, ...] | None:
        return next(iter(self._open.query(query, values)), None)

    def _job(self, row: tuple[Any, ...]) -> Job:
        with self._whole():
            return make_job(row)

    def _said(self, row: tuple[Any, ...]) -> Event:
        with self._whole():
            return event_of(row)

    @contextmanager
    def _whole(self) -> Iterator[None]:
        """Translate what a row of another shape raises.

        Raises:
            OutputError: The file is damaged.
        """
        try:
            yield
        except ValueError as error:
            raise file_error(self._open.path, ValueError(f"a row is damaged: {error}")) from error

    @contextmanager
    def _changing(self) -> Iterator[str]:
        """Open a transaction that yields its time; a nested one joins the outer one."""
        with self._lock:
            nested = self._open.in_transaction
            if not nested:
                self._open.update("BEGIN IMMEDIATE")
            try:
                yield self._now().isoformat()
                if not nested:
                    self._open.update("COMMIT")
            except BaseException:
                # A disk that is full may have ended the transaction already.
                if not nested and self._open.in_transaction:
                    self._open.update("ROLLBACK")
                raise

    def _say(self, job: Job, now: str) -> None:
        self._event("job", job.id, {"state": str(job.state), "kind": job.kind, "attempts": job.attempts}, now)

    def _event(self, topic: str, subject: str, data: Mapping[str, object], now: str) -> None:
        values = (topic, subject, text_of(data), now)
        self._open.update("INSERT INTO events (topic, subject, data, at) VALUES (?, ?, ?, ?)", values)
