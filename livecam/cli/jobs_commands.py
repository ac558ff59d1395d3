"""`livecam jobs …`: a queue of long jobs, without a server."""

from pathlib import Path
from typing import Annotated

import typer

from livecam.console.options import CommandLine, takes_settings

jobs = typer.Typer(help="Convert clips and recordings in a queue that survives a crash.")
JobId = Annotated[str, typer.Argument(metavar="ID", help="ID of a job from: livecam jobs list.")]
Ray = Annotated[
    str | None,
    typer.Option(
        "--ray",
        metavar="auto|HOST:PORT",
        help="Run on the named nodes of this Ray cluster.",
        show_default="this machine",
    ),
]
AtOnce = Annotated[
    int, typer.Option("--at-once", metavar="NUMBER", min=1, max=256, help="Run this many jobs of this machine at once.")
]
Shared = Annotated[
    Path | None,
    typer.Option(
        "--shared", metavar="FOLDER", help="Read clips in this folder on the nodes, which have it at the same path."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@jobs.command("list")
@takes_settings(only=("data-folder",))
def list_all(
    given: CommandLine,
    state: Annotated[
        str | None,
        typer.Option("--state", metavar="STATE", help="List jobs in this state only.", show_default="every state"),
    ] = None,
    json: AsJson = False,
) -> None:
    """List the jobs, newest first."""
    from livecam.cli.jobs_text import as_json, as_table, state_named, store_of

    found = store_of(given.resolved().settings).list(state_named(state), at_most=1000)
    typer.echo(as_json(found) if json else as_table(found))


@jobs.command()
@takes_settings(only=("data-folder",))
def show(given: CommandLine, job_id: JobId, json: AsJson = False) -> None:
    """Show a job: its settings, state, progress and result."""
    from livecam.cli.jobs_text import as_json, as_rows, store_of

    store = store_of(given.resolved().settings)
    job = store.get(job_id)
    typer.echo(as_json((job,)) if json else as_rows(job, store.folder_of(job)))


@jobs.command()
@takes_settings(only=("data-folder",))
def add(
    given: CommandLine,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Kind: replay, voice-convert, verify, sign, bench, enrol or train.")
    ],
    words: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]... [KEY=VALUE]...", help="Files it reads, and settings such as persona=NAME."),
    ] = None,
    key: Annotated[str | None, typer.Option("--key", metavar="KEY", help="Add a job with this key once only.")] = None,
) -> None:
    """Queue a job for livecam jobs run or a running studio."""
    from livecam.cli.jobs_text import request_of, store_of
    from livecam.jobs.kinds import check_request

    inputs, settings = request_of(words or [])
    check_request(kind, inputs, settings)
    job, is_new = store_of(given.resolved().settings).add(kind, inputs, settings, key)
    typer.echo(f"{job.id} is {job.state if is_new else f'there already ({job.state})'}: livecam jobs show {job.id}")


@jobs.command()
@takes_settings(only=("data-folder",))
def cancel(given: CommandLine, job_id: JobId) -> None:
    """Cancel a queued or running job, and remove its files."""
    from livecam.cli.jobs_text import store_of
    from livecam.jobs.runner import cancel as cancel_job

    store = store_of(given.resolved().settings)
    typer.echo(f"{job_id} is {cancel_job(store, store.get(job_id)).state}")


@jobs.command()
@takes_settings(only=("data-folder",))
def retry(given: CommandLine, job_id: JobId) -> None:
    """Queue a failed or cancelled job again."""
    from livecam.cli.jobs_text import store_of
    from livecam.jobs.runner import retry as retry_job

    store = store_of(given.resolved().settings)
    typer.echo(f"{job_id} is {retry_job(store, store.get(job_id)).state}")


@jobs.command()
@takes_settings(only=("data-folder",))
def remove(given: CommandLine, job_id: JobId) -> None:
    """Delete a finished job and its files."""
    from livecam.cli.jobs_text import store_of
    from livecam.core.errors import UsageError
    from livecam.jobs.runner import remove as remove_job

    store = store_of(given.resolved().settings)
    job = store.get(job_id)
    if not remove_job(store, job):
        raise UsageError(f"{job_id} is {job.state}", command=f"livecam jobs cancel {job_id}")
    typer.echo(f"{job_id} is gone, with its files")


@jobs.command()
@takes_settings(only=("data-folder",))
def run(
    given: CommandLine,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait for more jobs when the queue is empty, until Ctrl-C.")
    ] = False,
    ray: Ray = None,
    at_once: AtOnce = 1,
    shared: Shared = None,
) -> None:
    """Run the queued jobs at low priority, on this machine or on a cluster."""
    from livecam.cli.jobs_text import run_here
    from livecam.jobs.executors import Place

    run_here(given.resolved().settings, wait, Place(ray, at_once, shared))
