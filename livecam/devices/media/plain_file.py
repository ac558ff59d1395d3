"""Open the file that a user names.

Always the plain file of that name, whatever else the name could mean.
"""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from livecam.core.errors import DeviceError, remedy


def open_plain(path: Path, error: type[DeviceError], hint: str) -> BinaryIO:
    """Open a file for reading.

    Args:
        path: Its path; "~" is not replaced.
        error: What is raised when it cannot be opened.
        hint: What helps then.

    Raises:
        DeviceError: No such file, not a plain file, or it may not be read; of the kind that `error` names.
    """
    try:
        # A pipe must not keep the program waiting for a writer.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except FileNotFoundError as refused:
        raise error(f"there is no file {path}", **remedy(hint)) from refused
    except (OSError, ValueError) as refused:
        says = refused.strerror if isinstance(refused, OSError) else str(refused)
        raise error(f"{path} cannot be opened: {says}", **remedy(hint)) from refused
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise error(f"{path} is not a plain file", **remedy(hint))
    return os.fdopen(number, "rb")
