"""The report of a run as a file, whole or not at all."""

from pathlib import Path

import typer

from livecam.core.errors import UsageError
from livecam.core.files.errors import translate_write_errors
from livecam.core.files.own_files import check_output
from livecam.core.files.writing import write_whole
from livecam.core.report import Report


def check_report_path(path: Path | None, option: str = "--json") -> None:
    """Check before the run that its report can be written after it.

    Raises:
        UsageError: The folder is not there, the path is a folder, or a file that livecam did not write.
        OutputError: The folder takes no files.
    """
    if path is None:
        return
    with translate_write_errors(path):
        if path.is_dir() or not path.parent.is_dir():
            raise UsageError(
                f"no report can be written to {path}", advice=f"give {option} the path of a file in a folder of yours"
            )
    check_output(path, option)


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON, mode 0600; a terminal or pipe takes it directly.

    Raises:
        OutputError: The disk is full or the folder has gone.
    """
    write_whole(path, (report.to_json() + "\n").encode())


def write_file(text: str, path: Path, what: str) -> None:
    """Write a text and print where it is.

    Raises:
        OutputError: It cannot be written.
    """
    write_whole(path, text.encode(errors="backslashreplace"))
    typer.echo(f"{what}: {path}")
