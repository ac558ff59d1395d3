"""What a person sees while a model is pulled: its licence, a question, a bar."""

import sys
from types import TracebackType
from typing import Self

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from engines.store.catalogue import Entry
from livecam.core.errors import UsageError

_MEGABYTE = 10**6


def format_size(size: int) -> str:
    """Return a size in megabytes; empty when it is not stated."""
    return f"{size / _MEGABYTE:.0f} MB" if size else ""


def describe_licence(entry: Entry) -> str:
    """Return what a person must know before using it."""
    lines = [f"{entry.name}: {entry.about}", f"  from     {entry.url}", f"  licence  {entry.licence}"]
    if entry.replaces:
        lines.append("           this entry of your models.toml stands in place of livecam's own")
    if not entry.commercial:
        lines.append("           not for commercial use, and livecam cannot tell whether yours is")
    return "\n".join([*lines, f"  terms    {entry.terms}"])


def confirm_licence(entry: Entry, already: bool) -> None:
    """Ask the user to accept the licence.

    Raises:
        UsageError: It was not, or there is no terminal to ask at.
    """
    if already:
        return
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(
            f"there is no terminal to accept the licence of {entry.name}",
            advice=f"read {entry.terms}, then: livecam models pull {entry.name} --accept-licence",
        )
    if not typer.confirm("Have you read its terms, and does your use keep to them?", default=False):
        raise UsageError(f"the licence of {entry.name} was not accepted", command="livecam models list")


class Bar:
    """A progress bar of one download; nothing is drawn where there is no terminal."""

    def __init__(self, entry: Entry) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
        self._progress = Progress(*columns, transient=True, disable=not sys.stdout.isatty())
        self._task = self._progress.add_task(entry.file, total=entry.bytes or None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()

    def update(self, done_bytes: int, all_bytes: int) -> None:
        """Draw how far it is."""
        self._progress.update(self._task, completed=done_bytes, total=all_bytes or None)
