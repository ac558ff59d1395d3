"""Where the program's log goes: standard error or a file, from a level on."""

import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from livecam.core.errors import UsageError
from livecam.core.files.errors import translate_write_errors
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
    handler = logging.StreamHandler() if file is None else _file_handler(file)
    handler.setFormatter(logging.Formatter(_FORMAT))
    loggers = [logging.getLogger(name) for name in _NAMES]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(level.upper())

    def end() -> None:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)
        handler.close()

    return end


def _file_handler(file: Path) -> logging.Handler:
    with translate_write_errors(file):
        if file.is_file() and not is_own(file):
            raise UsageError(
                f"{file} is there already, and livecam did not write it",
                advice="give --log-file another name, or move that file away",
            )
        # A pipe without a reader is an error, not a wait.
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NONBLOCK", 0), 0o600))
        return logging.FileHandler(file, encoding="utf-8")
