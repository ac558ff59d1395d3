"""Load, unload and pull out kernel drivers; in the guest only, where nothing but these tests uses them."""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

IN_GUEST = "LIVECAM_VM" in os.environ
EMULATED = os.environ.get("LIVECAM_VM") == "tcg"
"""A processor in software: the networks take it seconds a picture."""
VIVID = Path("/sys/bus/platform/drivers/vivid")
_TOOLS = Path("/run/livecam-vm")
_PARAMETERS = ("exclusive_caps=1", "card_label=livecam", "video_nr=10")
_DRIVER = "v4l2loopback-"


def loopback_versions() -> list[str]:
    """Versions of v4l2loopback that can be loaded here."""
    return sorted(path.stem.removeprefix(_DRIVER) for path in _TOOLS.glob(f"{_DRIVER}*.ko"))


def leave(name: str, figures: dict[str, Any]) -> None:
    """Hand figures out of the guest, as NAME.json."""
    (_TOOLS / "out" / f"{name}.json").write_text(json.dumps(figures, indent=2))


def loopback_version() -> str:
    """The loaded driver's; 0.12 does not tell."""
    version = Path("/sys/module/v4l2loopback/version")
    return version.read_text().strip() if version.exists() else "0.12"


def _busybox(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(_TOOLS / "busybox"), *command], capture_output=True, text=True, check=False)


def load_loopback(version: str, *parameters: str) -> None:
    """A device called livecam at /dev/video10, in place of whatever is loaded."""
    if Path("/sys/module/v4l2loopback").exists():
        unload_loopback()
    done = _busybox("insmod", str(_TOOLS / f"{_DRIVER}{version}.ko"), *(parameters or _PARAMETERS))
    assert done.returncode == 0, done.stderr


def unload_loopback() -> None:
    done = _busybox("rmmod", "v4l2loopback")
    assert done.returncode == 0, f"{done.stderr.strip()}: is a device still open?"


@contextmanager
def unplugged() -> Iterator[None]:
    """The camera vivid is gone inside the block and comes back after it."""
    unplug()
    try:
        yield
    finally:
        plug_in()


def unplug() -> None:
    """Take the camera vivid away."""
    (VIVID / "unbind").write_text("vivid.0")


def plug_in() -> None:
    """Bring the camera vivid back."""
    (VIVID / "bind").write_text("vivid.0")


@contextmanager
def without_privileges(*closed: Path) -> Iterator[None]:
    """Without root's rights inside the block, and the devices open to root alone."""
    for path in closed:
        path.chmod(0o600)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
