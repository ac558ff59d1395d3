"""Commands that install a package or an extra into this Python."""

import re
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Final

_CHECKOUT: Final = Path(__file__).parents[2]
_PLAIN: Final = re.compile(r"[\w./:@=+-]+")
_EXTRA: Final = re.compile(r"""extra\s*==\s*['"](?P<name>[\w-]+)['"]""")


def install_command(what: str, *, checkout: Path = _CHECKOUT) -> str:
    """Return the command that installs a package or an extra.

    It works from a checkout and from a wheel, and downloads no livecam from an index.

    Args:
        what: A package, or an extra of livecam in brackets, such as "[gpu]".
        checkout: The folder that livecam runs from; it is a checkout where it has a pyproject.toml.
    """
    if not what.startswith("["):
        return _pip(what)
    if checkout.joinpath("pyproject.toml").is_file():
        return _pip("-e", f"{checkout}{what}")
    return _pip(*_requirements(what.strip("[]")))


def _requirements(extra: str) -> Sequence[str]:
    """Return what the installed livecam requires for an extra.

    It is the extra's own name where that is not known.
    """
    try:
        lines = requires("livecam") or []
    except PackageNotFoundError:
        lines = []
    parts = [line.partition(";") for line in lines]
    found = [what.strip() for what, _, marker in parts if (asked := _EXTRA.search(marker)) and asked["name"] == extra]
    return found or [f"livecam[{extra}]"]


def _pip(*words: str) -> str:
    quoted = [
        word if _PLAIN.fullmatch(word) else f'"{word}"' for word in (sys.executable, "-m", "pip", "install", *words)
    ]
    return " ".join(quoted)
