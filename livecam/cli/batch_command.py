"""`livecam batch`: a line for each clip that ends, the state of all in the last."""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Final

import typer
from rich.console import Console
from rich.live import Live
from rich.text import Text

from livecam.app.stores import persona_store
from livecam.cli.early import EXIT_INTERRUPTED
from livecam.cli.jobs_text import store_of
from livecam.console.columns import in_one_line
from livecam.console.options import CommandLine
from livecam.core.clock import NS_PER_S, SystemClock
from livecam.core.errors import UsageError
from livecam.core.stop_signals import stopped_by_signals
from livecam.jobs.batch import Batch, Count
from livecam.jobs.executors import Place, open_runner, usable_cores
from livecam.jobs.job import Job, State
from livecam.jobs.runner import Runner
from livecam.jobs.sums import SUMS

_LOOK_S: Final = 0.1
_NOT_OF_A_JOB: Final = "data-folder"
_LEAST_SHARE: Final = 0.01


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """What the command line asks for.

    Attributes:
        clips: Paths of the clips.
        out: Folder for results.
        ray: "auto", or HOST:PORT of a cluster's head; None for this machine.
        at_once: How many clips at once; None for as many as there are cores.
        shared: A folder that every node has at the same path.
        retry: Whether clips that failed are tried again.
    """

    clips: tuple[Path, ...]
    out: Path
    ray: str | None = None
    at_once: int | None = None
    shared: Path | None = None
    retry: bool = False


def run_batch(given: CommandLine, request: BatchRequest) -> None:
    """Run a batch until every clip has ended, or Ctrl-C.

    Raises:
        LivecamError: A clip, the persona, the folder or the cluster does not serve.
        typer.Exit: A clip is not done; the code is that of the first.
    """
    settings = given.resolved().settings
    if settings.persona is None:
        raise UsageError("no persona is named", advice="give --persona NAME from: livecam persona list")
    persona_store(settings).load(settings.persona)
    wanted = {key: value for key, value in given.options.items() if value is not None and key != _NOT_OF_A_JOB}
    wanted["persona"] = settings.persona
    stopping = Event()
    with closing(store_of(settings)) as store, stopped_by_signals(stopping.set):
        batch = Batch(store, [clip.expanduser().absolute() for clip in request.clips], wanted, request.out)
        batch.retry_ended(request.retry)
        if before := len(batch.publish()):
            typer.echo(f"{before} of {len(request.clips)} clips have ended before")
        place = Place(request.ray, request.at_once or usable_cores(), request.shared)
        with closing(open_runner(store, settings.folder, place)) as runner:
            _follow(batch, runner, stopping)
        _finish(batch, request, stopping.is_set())


def _follow(batch: Batch, runner: Runner, stopping: Event) -> None:
    clock = SystemClock()
    begin_ns, first = clock.now_ns(), batch.count()
    with _open_lines() as (line, state):
        while True:
            runner.turn()
            for job in batch.publish():
                line(_line_of(job, batch.count()))
            count = batch.count()
            state(state_text(count, _left_s(first, count, (clock.now_ns() - begin_ns) / NS_PER_S)))
            if stopping.is_set() or count.done + count.failed + count.cancelled == count.total:
                return
            stopping.wait(_LOOK_S)


@contextmanager
def _open_lines() -> Iterator[tuple[Callable[[str], None], Callable[[str], None]]]:
    """Give a function for lines that stay, and one for the last line of a terminal."""
    console = Console(highlight=False)
    if not console.is_terminal:
        yield typer.echo, lambda text: None
        return
    with Live(console=console, auto_refresh=False, transient=True) as live:
        yield (
            lambda text: console.print(text, markup=False, soft_wrap=True),
            lambda text: live.update(Text(text, style="dim", no_wrap=True, overflow="ellipsis"), refresh=True),
        )


def state_text(count: Count, left_s: float | None) -> str:
    """Return how far a batch is, in less than 80 characters."""
    words = [f"{count.done} of {count.total} done", f"{count.running} running"]
    words += [f"{count.failed} failed"] * bool(count.failed) + [f"{count.cancelled} cancelled"] * bool(count.cancelled)
    words += [f"{count.share:.0%}"]
    if left_s is not None:
        words.append(f"{left_s / 60:.0f} min left" if left_s >= 90 else f"{left_s:.0f} s left")
    return ", ".join(words)


def _left_s(first: Count, now: Count, elapsed_s: float) -> float | None:
    """Return what the rest is expected to take, by what this run has done."""
    gained = now.share - first.share
    return None if gained < _LEAST_SHARE else elapsed_s * (1 - now.share) / gained


def _line_of(job: Job, count: Count) -> str:
    name, ended = in_one_line(Path(job.inputs[0]).name), count.done + count.failed + count.cancelled
    head = f"{ended:>{len(str(count.total))}}/{count.total} {job.state:<9} {name}"
    said = () if job.failure is None else (job.failure.says, job.failure.hint)
    return "\n  ".join((head, *map(in_one_line, said)))


def _finish(batch: Batch, request: BatchRequest, stopped: bool) -> None:
    count = batch.count()
    if stopped and count.done < count.total:
        typer.echo(f"stopped: {state_text(count, None)}; the same command goes on")
        raise typer.Exit(EXIT_INTERRUPTED)
    bad = [job for job in batch.jobs() if job.state is not State.DONE]
    typer.echo(f"{count.done} of {count.total} clips are in {request.out}, with {SUMS}")
    if bad:
        typer.echo(f"{len(bad)} are not done; to try them again, add --retry", err=True)
        raise typer.Exit(batch.exit_code() or 1)
