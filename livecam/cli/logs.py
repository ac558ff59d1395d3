"""Where the program's log goes: standard error or a file, from a level on."""

import errno
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, TextIO

import typer

from livecam.core.errors import UsageError
from livecam.core.files.errors import reason_of, translate_write_errors, write_error
from livecam.core.files.own_files import is_own

LEVELS: Final = ("debug", "info", "warning", "error")
_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_NAMES: Final = ("livecam", "engines", "calibration", "trainer")


def start_logging(level: str, file: Path | None) -> Callable[[], None]:
    """Log from a level on; returns what ends it again.

    Args:
        level: One of `LEVELS`.
        file: Appended to, mode 0600; None is standard error.

    Raises:
        UsageError: An unknown level, a name that cannot be one, or a file that livecam did not write.
        OutputError: The file cannot be written.
    """
    if level not in LEVELS:
        raise UsageError(
            f"--log-level must be {', '.join(LEVELS[:-1])} or {LEVELS[-1]}, got {level}", command="livecam --help"
        )
    handler = _ErrorStream() if file is None else _open_log(file)
    handler.setFormatter(logging.Formatter(_FORMAT))
    loggers = [logging.getLogger(name) for name in _NAMES]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(level.upper())

    def end() -> None:
        """Stop; a log that was lost is the error of a command that had no other."""
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
        with suppress(OSError):
            handler.close()
        if isinstance(handler, _LogFile) and handler.lost is not None and sys.exception() is None:
            raise write_error(handler.path, handler.lost, "lost a part of the log")

    return end


class _ErrorStream(logging.StreamHandler[TextIO]):
    """Standard error; without a reader the lines are lost."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Print no traceback."""


class _LogFile(logging.FileHandler):
    """A log that ends where its place takes no more, and lets the command go on.

    Attributes:
        path: The file.
        lost: Why it ended; None while it is whole.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path, encoding="utf-8", errors="backslashreplace")
        self.path = path
        self.lost: OSError | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line, unless one was lost before."""
        if self.lost is None:
            super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:
        """End the log."""
        error = sys.exception()
        self.lost = error if isinstance(error, OSError) else OSError(errno.EIO, str(error))
        typer.echo(f"note: the log ends here: {reason_of(self.lost)}", err=True)

    def close(self) -> None:
        """Close it; what could not be written is lost already."""
        try:
            super().close()
        except OSError as error:
            self.lost = self.lost or error


def _open_log(file: Path) -> logging.Handler:
    with translate_write_errors(file):
        if file.is_file() and not is_own(file):
            raise UsageError(
                f"{file} is there already, and livecam did not write it",
                advice="give --log-file another name, or move that file away",
            )
        # A pipe without a reader is an error, not a wait.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600))
        return _LogFile(file)
