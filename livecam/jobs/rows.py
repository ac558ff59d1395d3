"""Rows of the jobs' file as jobs and events."""

import json
from collections.abc import Mapping
from typing import Any, Final

from livecam.jobs.job import Event, Failure, Job, Progress, State

COLUMNS: Final = "id, kind, inputs, settings, state, progress, attempts, result, failure, created_at, changed_at"


def make_job(row: tuple[Any, ...]) -> Job:
    """Return the job of a row of `COLUMNS`."""
    id_, kind, inputs, settings, state, progress, attempts, result, failure, created_at, changed_at = row
    return Job(
        id=id_,
        kind=kind,
        inputs=tuple(json.loads(inputs)),
        settings=json.loads(settings),
        state=State(state),
        progress=Progress(**json.loads(progress)),
        attempts=attempts,
        result=None if result is None else json.loads(result),
        failure=None if failure is None else Failure(**json.loads(failure)),
        created_at=created_at,
        changed_at=changed_at,
    )


def event_of(row: tuple[Any, ...]) -> Event:
    """Return the event of a row."""
    number, topic, subject, data, at = row
    return Event(number, topic, subject, json.loads(data), at)


def text_of(data: Mapping[str, object]) -> str:
    """Plain types as one line."""
    return json.dumps(data, separators=(",", ":"))
