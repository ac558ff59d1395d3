"""The tables of the jobs' file, and a connection to it."""

import sqlite3
from pathlib import Path
from typing import Final

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


def connect(folder: Path) -> sqlite3.Connection:
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
        raise _unusable(path, error) from error
    try:
        _prepare(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error | OSError):
            raise _unusable(path, error) from error
        raise
    return connection


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


def _unusable(path: Path, error: Exception) -> OutputError:
    return OutputError(f"{path} cannot be opened: {error}", advice=f"move {path} away, then try again")
