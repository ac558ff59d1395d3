"""What a long run may wear out: open handles, threads, heat."""

from dataclasses import dataclass
from pathlib import Path

_ROOT = Path("/")


@dataclass(frozen=True, slots=True)
class Vitals:
    """State of this process and of the machine.

    Attributes:
        handles: Open files, sockets and devices of this process; None where the system does not tell.
        threads: Threads of this process, those of libraries included; None likewise.
        celsius: The hottest place of the machine; None likewise.
    """

    handles: int | None
    threads: int | None
    celsius: float | None


def read_vitals(root: Path = _ROOT) -> Vitals:
    """Read threads, files and temperatures of now.

    Source: Linux's /proc/self and its thermal zones (millidegrees).
    """
    process = root / "proc/self"
    zones = sorted((root / "sys/class/thermal").glob("thermal_zone*/temp"))
    heat = [celsius for zone in zones if (celsius := _celsius(zone)) is not None]
    return Vitals(_entries(process / "fd"), _entries(process / "task"), max(heat, default=None))


def _entries(folder: Path) -> int | None:
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else None


def _celsius(zone: Path) -> float | None:
    """Return a zone that is switched off refuses to be read."""
    try:
        return int(zone.read_text()) / 1000
    except (OSError, ValueError):
        return None
