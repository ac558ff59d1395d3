"""Name the package that an import lacks, and the command that installs it."""

import sys
from pathlib import Path
from typing import Final

_PACKAGES = {"cv2": "opencv-python-headless", "c2pa": "c2pa-python"}
_NO_MEMORY: Final = ("failed to map segment", "cannot allocate memory", "Cannot allocate memory")
_SITES: Final = ("site-packages", "dist-packages")
_OURS = ("livecam", "engines", "calibration")


def lacks_memory(error: ImportError) -> bool:
    """Whether memory alone lacked: the installation is whole."""
    return any(words in str(error) for words in _NO_MEMORY)


def missing_package(error: ImportError) -> tuple[str, str] | None:
    """Return failure and fix; None if the import is a defect of livecam."""
    module = _module_of(error)
    if not module or module in _OURS or module in sys.stdlib_module_names:
        return None
    package = _PACKAGES.get(module, module)
    return (
        f"the package {package} does not load: {error}",
        f"{sys.executable} -m pip install --force-reinstall {package}",
    )


def _module_of(error: ImportError) -> str:
    """Return the top module of an import.

    A library inside a package names itself alone, but its path names the package.
    """
    parts = Path(error.path or "").parts
    inside = next((parts[place + 1 :] for place, part in enumerate(parts) if part in _SITES), ())
    return inside[0] if len(inside) > 1 else (error.name or "").partition(".")[0]
