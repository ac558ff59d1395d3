"""Locate a user's data and configuration; only this module reads the environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from livecam.core.errors import UsageError


def data_folder() -> Path:
    """Return the folder for personas and consent records, which may not exist."""
    return user_data_folder(os.environ, sys.platform, home_folder())


def config_folder() -> Path:
    """Return the folder for `livecam.toml`, which may not exist."""
    return user_config_folder(os.environ, sys.platform, home_folder())


def camera_socket(folder: Path) -> Path:
    """Return the socket on which a data folder's studio passes on a browser's camera.

    The name is short, as sockets need.
    """
    import hashlib  # slow to import, and not needed for help
    import tempfile

    number = os.getuid() if hasattr(os, "getuid") else 0
    name = hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"livecam-{number}-{name}" / "camera"


def home_folder() -> Path:
    """Return the user's home, or a private temporary folder for a user without one.

    Raises:
        UsageError: There is none, and that folder is another user's.
    """
    try:
        home = Path.home()
    except (RuntimeError, KeyError):
        return _homeless()
    return home if home.is_absolute() else _homeless()


def _homeless() -> Path:
    import tempfile

    number = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(tempfile.gettempdir()) / f"livecam-{number}"
    if hasattr(os, "getuid") and os.path.lexists(folder):
        state = folder.lstat()
        if folder.is_symlink() or state.st_uid != number or state.st_mode & 0o022:
            raise UsageError(
                f"there is no home folder, and {folder} is not this user's alone",
                advice="set HOME to a folder of yours",
            )
    return folder


def expanded(path: str | Path) -> Path:
    """Return a path with ~ replaced by the home, unchanged where there is no home."""
    try:
        return Path(path).expanduser()
    except (RuntimeError, KeyError):
        return Path(path)


def user_data_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """Return the folder for personas and consent records.

    Args:
        environ: The process environment.
        platform: As `sys.platform` has it.
        home: The user's home.
    """
    return _folder(environ, platform, home, ("XDG_DATA_HOME", ".local/share"), ("LOCALAPPDATA", "AppData/Local"))


def user_config_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """Return the folder in which `livecam.toml` is searched.

    Arguments as in `user_data_folder`.
    """
    return _folder(environ, platform, home, ("XDG_CONFIG_HOME", ".config"), ("APPDATA", "AppData/Roaming"))


def _folder(
    environ: Mapping[str, str], platform: str, home: Path, posix: tuple[str, str], windows: tuple[str, str]
) -> Path:
    if platform == "win32":
        variable, custom = windows
    elif platform == "darwin":
        variable, custom = posix[0], "Library/Application Support"
    else:
        variable, custom = posix
    # The XDG specification: a relative path in these variables is invalid and is ignored.
    named = Path(environ.get(variable, ""))
    return (named if named.is_absolute() else home / custom) / "livecam"
