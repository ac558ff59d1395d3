"""Show jobs as text and JSON, and parse words of a command line as a request.

It also has the loop of `livecam jobs run`.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from threading import Event

import typer

from livecam.config.paths import expanded
from livecam.config.settings import Settings
from livecam.console.columns import columns
from livecam.core.errors import UsageError
from livecam.core.stop_signals import stopped_by_signals
from livecam.jobs.executors import Place, open_runner
from livecam.jobs.job import Job, State
from livecam.jobs.places import jobs_folder
from livecam.jobs.store import SqliteJobStore

_LOOK_S = 0.1


def store_of(settings: Settings) -> SqliteJobStore:
    """Return the user's jobs."""
    return SqliteJobStore(jobs_folder(settings.folder))


def state_named(word: str | None) -> State | None:
    """Return the state of that name.

    Raises:
        UsageError: There is none.
    """
    if word is None:
        return None
    if word not in tuple(State):
        raise UsageError(
            f"unknown state {word} (known: {', '.join(State)})", command="livecam jobs list --state queued"
        )
    return State(word)


def request_of(words: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """Split "FILE" and "KEY=VALUE" words into files and settings.

    A word that names a file is no setting.
    """
    inputs, settings = list[str](), dict[str, str]()
    for word in words:
        key, equals, value = word.partition("=")
        if equals and key.replace("-", "").isalpha() and not Path(word).exists():
            settings[key] = value
        else:
            inputs.append(word if word == "sample" else str(expanded(word).absolute()))
    return inputs, settings


def as_json(jobs: Sequence[Job]) -> str:
    """Return a list of objects."""
    return json.dumps([asdict(job) for job in jobs], indent=1)


def as_table(jobs: Sequence[Job]) -> str:
    """Return one line each."""
    if not jobs:
        return "no jobs; to add one: livecam jobs add replay CLIP persona=NAME"
    rows = [("id", "kind", "state", "done", "input")]
    for job in jobs:
        name = Path(job.inputs[0]).name if job.inputs else "-"
        rows.append((job.id, job.kind, str(job.state), done_text(job), name))
    return columns(rows)


def done_text(job: Job) -> str:
    """Return how far a job is."""
    share, left_s = job.progress.share, job.progress.left_s
    if job.state not in (State.RUNNING, State.CANCELLING) or share is None:
        return ""
    return f"{share:.0%}" + (f", {left_s:.0f} s left" if left_s is not None else "")


def as_rows(job: Job, folder: Path) -> str:
    """Return everything about one job."""
    rows = [
        ("id", job.id),
        ("kind", job.kind),
        *(("input" if n == 0 else "", path) for n, path in enumerate(job.inputs)),
        *((key, str(value)) for key, value in job.settings.items()),
        ("state", f"{job.state} {done_text(job)} {job.progress.doing if done_text(job) else ''}".strip()),
        ("attempts", str(job.attempts)),
        ("created", job.created_at[:19].replace("T", " ") + " UTC"),
        ("changed", job.changed_at[:19].replace("T", " ") + " UTC"),
    ]
    if job.failure is not None:
        rows += [("failed", job.failure.says), ("try", job.failure.hint)]
    for name in (job.result or {}).get("files", ()) or ():  # type: ignore[attr-defined]
        rows.append(("file", str(folder / str(name))))
    return columns(rows)


def run_here(settings: Settings, wait: bool, place: Place) -> None:
    """Run jobs until none is left, or until Ctrl-C with `wait`.

    Raises:
        LivecamError: Another process runs them, or the cluster is not reached.
    """
    folder = settings.folder
    stopping = Event()
    with closing(store_of(settings)) as store, stopped_by_signals(stopping.set):
        runner = open_runner(store, folder, place)
        seen = store.last_event()
        try:
            while not stopping.is_set():
                busy = runner.turn()
                for event in store.events(seen):
                    seen = event.number
                    if event.topic == "job":
                        typer.echo(f"{event.subject} {event.data['kind']} {event.data['state']}")
                if not busy and not wait:
                    return
                stopping.wait(_LOOK_S)
        finally:
            runner.close()
