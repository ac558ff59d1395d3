"""The report of a run as a file, whole or not at all."""

import os
import tempfile
from pathlib import Path

from livecam.core.errors import OutputError, UsageError
from livecam.core.report import Report


def check_report_path(path: Path | None) -> None:
    """Find out before the run whether its report can be written after it.

    Raises:
        UsageError: The folder is not there or takes no files, or the path is a folder.
    """
    if path is None:
        return
    if path.is_dir() or not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise UsageError(
            f"no report can be written to {path}", hint="give --json the path of a file in a folder of yours"
        )


def write_report(report: Report, path: Path) -> None:
    """Write the report as JSON.

    Raises:
        OutputError: The disk is full or the folder has gone.
    """
    try:
        with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".json", delete=False, encoding="utf-8") as file:
            file.write(report.to_json() + "\n")
        Path(file.name).chmod(0o644)
        Path(file.name).replace(path)
    except OSError as error:
        raise OutputError(
            f"the report {path} was not written: {error}", hint="free some space, or another --json PATH"
        ) from error
