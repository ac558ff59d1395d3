"""The report of a run as a file, whole or not at all."""

import os
from collections.abc import Mapping
from pathlib import Path

import typer

from livecam.core.errors import OutputError, UsageError
from livecam.core.report import Report


def check_report_path(path: Path | None) -> None:
    """Find out before the run whether its report can be written after it.

    Raises:
        UsageError: The folder is not there or takes no files, or the path is a folder.
    """
    if path is None:
        return
    writable = path if path.exists() else path.parent
    if path.is_dir() or not path.parent.is_dir() or not os.access(writable, os.W_OK):
        raise UsageError(
            f"no report can be written to {path}", hint="give --json the path of a file in a folder of yours"
        )


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON; a terminal or pipe takes it as it comes.

    Raises:
        OutputError: The disk is full or the folder has gone.
    """
    target, text = path.resolve(), report.to_json() + "\n"
    fresh = target.with_name(f".{target.name}.part")
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise OutputError(
            f"the report {path} was not written: {error.strerror}", hint="free some space, or another --json PATH"
        ) from error


def write_file(text: str, path: Path, what: str) -> None:
    """Write a text and say where it is.

    Raises:
        OutputError: It cannot be written.
    """
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} was not written: {error.strerror}", hint="choose another path") from error
    typer.echo(f"{what}: {path}")


def signature_line(file: Mapping[str, object]) -> str:
    """How signing one of a report's files went."""
    if file["signed"]:
        return f"{file['path']}: signed (C2PA) with this installation's own certificate"
    return f"note: {file['path']} is saved but not signed: {file['why_unsigned']}"
