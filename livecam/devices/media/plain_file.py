"""Open the file that a user names.

It is always the plain file of that name, whatever else the name could mean.
"""

from pathlib import Path
from typing import BinaryIO

from livecam.core.errors import DeviceError, remedy
from livecam.core.files.reading import open_regular


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
        return open_regular(path)
    except FileNotFoundError as refused:
        raise error(f"there is no file {path}", **remedy(hint)) from refused
    except (OSError, ValueError) as refused:
        says = refused.strerror if isinstance(refused, OSError) else str(refused)
        raise error(f"{path} cannot be opened: {says}", **remedy(hint)) from refused
