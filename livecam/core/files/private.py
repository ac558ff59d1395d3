"""Files of the stores: owner-only, written whole or not at all."""

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
    "own_folder",
    "private_folder",
    "read_at_most",
    "remove_folder",
    "replace_file",
    "write_file",
    "write_folder",
]
