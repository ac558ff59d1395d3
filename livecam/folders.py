"""Where this platform keeps a user's data and configuration; the one place that reads the environment."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path


def data_folder() -> Path:
    """The user's folder for personas and consent records, whether it exists or not."""
    return user_data_folder(os.environ, sys.platform, Path.home())


def config_folder() -> Path:
    """The user's folder for `livecam.toml`, whether it exists or not."""
    return user_config_folder(os.environ, sys.platform, Path.home())


def user_data_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """The folder for personas and consent records.

    Args:
        environ: The process environment.
        platform: As `sys.platform` has it.
        home: The user's home.
    """
    return _folder(environ, platform, home, ("XDG_DATA_HOME", ".local/share"), ("LOCALAPPDATA", "AppData/Local"))


def user_config_folder(environ: Mapping[str, str], platform: str, home: Path) -> Path:
    """The folder in which `livecam.toml` is looked for; arguments as in `user_data_folder`."""
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
