"""Rows of the jobs' file as jobs and events."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, TypeVar

from livecam.core.files.reading import parse_json
from livecam.jobs.job import Event, Failure, Job, Progress, State

Item = TypeVar("Item")

COLUMNS: Final = "id, kind, inputs, settings, state, progress, attempts, result, failure, created_at, changed_at"


def make_job(row: tuple[Any, ...]) -> Job:
    """Return the job of a row of `COLUMNS`.

    Raises:
        ValueError: Another program or a fault of the disk changed it.
    """
    id_, kind, inputs, settings, state, progress, attempts, result, failure, created_at, changed_at = row
    paths = _parse(inputs, list)
    if not all(isinstance(each, str) for each in (id_, kind, created_at, changed_at, *paths)):
        raise ValueError("a text is missing")
    if not isinstance(attempts, int):
        raise ValueError("attempts is no number")
    return Job(
        id=id_,
        kind=kind,
        inputs=tuple(paths),
        settings=_parse(settings, dict),
        state=State(state),
        progress=_read_fields(Progress, progress),
        attempts=attempts,
        result=None if result is None else _parse(result, dict),
        failure=None if failure is None else _read_fields(Failure, failure),
        created_at=created_at,
        changed_at=changed_at,
    )


def event_of(row: tuple[Any, ...]) -> Event:
    """Return the event of a row.

    Raises:
        ValueError: Another program or a fault of the disk changed it.
    """
    number, topic, subject, data, at = row
    return Event(number, topic, subject, _parse(data, dict), at)


def _parse(text: object, kind: type[Item]) -> Item:
    """Return plain types out of a column.

    Raises:
        ValueError: It holds another type.
    """
    found = parse_json(text) if isinstance(text, str) else None
    if not isinstance(found, kind):
        raise ValueError(f"a {kind.__name__} is missing")
    return found


def _read_fields(make: type[Item], text: object) -> Item:
    """Return a dataclass out of a column that has its fields.

    Raises:
        ValueError: It has others, or values of another type.
    """
    try:
        found = make(**_parse(text, dict))
    except TypeError as error:
        raise ValueError(f"the fields of {make.__name__.lower()} are others") from error
    kinds = {"share": (float, int, type(None)), "left_s": (float, int, type(None)), "exit_code": (int,)}
    for each in fields(found):  # type: ignore[arg-type]
        if not isinstance(getattr(found, each.name), kinds.get(each.name, (str,))):
            raise ValueError(f"{each.name} has another type")
    return found


def text_of(data: Mapping[str, object]) -> str:
    """Plain types as one line."""
    return json.dumps(data, separators=(",", ":"))
