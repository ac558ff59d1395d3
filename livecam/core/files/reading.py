"""Read files of others: plain ones, up to a size, nested to a depth."""

import errno
import hashlib
import json
import os
import stat
import tomllib
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

_TOO_DEEP: Final = "it is nested too deeply"


def open_regular(path: Path) -> BufferedReader:
    """Open a plain file for reading; no pipe or device keeps the program.

    Raises:
        OSError: It cannot be opened, or is a folder, pipe, socket or device.
    """
    number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise OSError(errno.ENODEV, "it is not a plain file", str(path))
    return os.fdopen(number, "rb")


def read_at_most(path: Path, size_bytes: int) -> bytes:
    """Return a plain file's contents.

    Raises:
        OSError: It cannot be read, or is not a plain file.
        ValueError: It is larger.
    """
    with open_regular(path) as file:
        data = file.read(size_bytes + 1)
    if len(data) > size_bytes:
        raise ValueError(f"it is larger than {size_bytes} bytes")
    return data


def hash_plain(path: Path) -> str:
    """Return the SHA-256 of a plain file, in hexadecimal.

    Raises:
        OSError: It cannot be read, or is not a plain file.
    """
    with open_regular(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def parse_json(text: str | bytes | bytearray) -> Any:
    """Return plain types out of JSON.

    Raises:
        ValueError: It is no JSON, no UTF-8, or nested too deeply.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError as error:
        raise _without_interpreter(error) from None


def parse_toml(text: str) -> dict[str, Any]:
    """Return plain types out of TOML.

    Raises:
        ValueError: It is no TOML, or nested too deeply.
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except ValueError as error:
        raise _without_interpreter(error) from None


def _without_interpreter(error: ValueError) -> ValueError:
    """Return an error in words for a user.

    Python names its own settings where a number is too long.
    """
    return ValueError("it has a number of too many digits") if "set_int_max_str_digits" in str(error) else error
