"""Files of the stores: owner-only, written whole or not at all."""

import os
import stat
from pathlib import Path

from livecam.core.errors import Remedy
from livecam.core.files.reading import read_at_most
from livecam.core.files.writing import (
    own_folder,
    private_folder,
    remove_folder,
    replace_file,
    write_folder,
)
from livecam.core.files.writing import write_new as write_file

__all__ = [
    "find_exposure",
    "own_folder",
    "private_folder",
    "read_at_most",
    "remove_folder",
    "replace_file",
    "write_file",
    "write_folder",
]


def find_exposure(path: Path, forbidden: int = 0o077) -> tuple[str, Remedy] | None:
    """Return why a secret may be in other hands, and what helps.

    None where it is its owner's alone.

    Args:
        path: Where it is.
        forbidden: Bits of its mode that it must not have.

    Raises:
        OSError: There is no such file.
    """
    if os.name == "nt":  # the profile folder is private there
        return None
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode):
        return "is a link", Remedy(advice="put the key itself there")
    mode = stat.S_IMODE(status.st_mode)
    if mode & forbidden:
        return f"has mode {mode:04o}: other users of this computer can reach it", Remedy(command=f"chmod 600 {path}")
    return None
