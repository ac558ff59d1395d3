"""The tables of the jobs' file, and a connection to it."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from livecam.core.errors import OutputError
from livecam.core.files.writing import private_folder

FILE: Final = "jobs.sqlite3"
_BUSY_S: Final = 10.0
_VERSION: Final = 1
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, inputs TEXT NOT NULL,
    settings TEXT NOT NULL, state TEXT NOT NULL, progress TEXT NOT NULL, attempts INTEGER NOT NULL, result TEXT,
    failure TEXT, created_at TEXT NOT NULL, changed_at TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS events (
    number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, subject TEXT NOT NULL, data TEXT NOT NULL,
    at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS accepted (key TEXT PRIMARY KEY, request TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL);
"""


_FULL: Final = sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR
_BUSY: Final = sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED
_FORBIDDEN: Final = sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM
_PRIMARY: Final = 0xFF
"""SQLite's extended codes have the primary one in the lowest byte."""


class JobsFile:
    """A connection to the jobs' file, with errors that a person can act on.

    Attributes:
        path: The file.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path, self._connection = path, connection

    def query(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement and return all its rows.

        Raises:
            OutputError: The file is damaged, full, read-only, or another program keeps it.
        """
        try:
            return self._connection.execute(statement, values).fetchall()
        except sqlite3.Error as error:
            raise file_error(self.path, error) from error

    def update(self, statement: str, values: Sequence[object] = ()) -> int:
        """Run a statement and return how many rows it changed.

        Raises:
            OutputError: As `query`.
        """
        try:
            return self._connection.execute(statement, values).rowcount
        except sqlite3.Error as error:
            raise file_error(self.path, error) from error

    @property
    def in_transaction(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def close(self) -> None:
        """Close it. Idempotent."""
        self._connection.close()


def connect(folder: Path) -> JobsFile:
    """Open the file in a folder, made with its tables where it is missing.

    Raises:
        OutputError: It cannot be opened, or is not such a file.
    """
    path = folder / FILE
    try:
        private_folder(folder)
        # Another thread's use is guarded by the store's lock.
        connection = sqlite3.connect(path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
    except (sqlite3.Error, OSError) as error:
        raise file_error(path, error) from error
    try:
        _prepare(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error | OSError):
            raise file_error(path, error) from error
        raise
    return JobsFile(path, connection)


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    path.chmod(0o600)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > _VERSION:
        raise OutputError(f"{path} is of a newer livecam (schema {found})", advice="install the newest livecam")
    if found < _VERSION:
        connection.executescript(_TABLES)
        connection.execute(f"PRAGMA user_version={_VERSION}")


def file_error(path: Path, error: Exception) -> OutputError:
    """Return the error of a jobs' file, with what helps."""
    code = (getattr(error, "sqlite_errorcode", None) or 0) & _PRIMARY
    if isinstance(error, OSError) or code in _FORBIDDEN:
        helps = f"choose a folder you may write to, instead of {path.parent}"
    elif code in _FULL:
        helps = f"free some space, or choose another place than {path.parent}"
    elif code in _BUSY:
        helps = "end the other program that keeps it, or try again in a moment"
    else:
        helps = f"move {path} away, then try again"
    why = error.strerror if isinstance(error, OSError) and error.strerror else error
    return OutputError(f"{path} cannot be used: {why}", advice=helps)
