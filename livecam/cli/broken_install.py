"""Name the package that an import lacks, and the command that installs it."""

import sys

_PACKAGES = {"cv2": "opencv-python-headless", "c2pa": "c2pa-python"}
_OURS = ("livecam", "engines", "calibration")


def missing_package(error: ImportError) -> tuple[str, str] | None:
    """Return failure and fix; None if the import is a defect of livecam."""
    module = (error.name or "").partition(".")[0]
    if not module or module in _OURS or module in sys.stdlib_module_names:
        return None
    package = _PACKAGES.get(module, module)
    return (
        f"the package {package} does not load: {error}",
        f"{sys.executable} -m pip install --force-reinstall {package}",
    )
