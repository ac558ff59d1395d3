"""Describe this machine and the process's use of it, for every figure."""

import os
import platform
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_MIB = 1024 * 1024
_IDLE_FIELDS = (3, 4)
_STEAL_FIELD = 7


def _first_value(file: Path, key: str) -> str | None:
    if not file.exists():
        return None
    for line in file.read_text(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None


def load_1min() -> float | None:
    """Return programs that wanted a processor, on average of the last minute.

    None where the system does not tell.
    """
    return round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None


def describe_machine() -> dict[str, object]:
    """Return processor, cores, system and Python of this machine."""
    return {
        "cpu": _first_value(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_1min": load_1min(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def read_memory_mb() -> dict[str, float]:
    """Return this process's resident memory in MiB, present and peak.

    Empty where the system does not report it.
    """
    status = Path("/proc/self/status")
    now, peak = _first_value(status, "VmRSS"), _first_value(status, "VmHWM")
    if now and peak:
        return {"now": int(now.split()[0]) / 1024, "peak": int(peak.split()[0]) / 1024}
    if sys.platform == "win32":
        return {}
    import resource

    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"now": peak_bytes / _MIB, "peak": peak_bytes / _MIB}


def read_cpu_s() -> float:
    """Processor time this process has used, all threads."""
    times = os.times()
    return times.user + times.system


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Processor seconds of the whole machine, and of this process.

    Attributes:
        busy: At work for a program or the system.
        steal: Taken by the host of a virtual machine.
        total: All there were.
        own: At work for this process.
    """

    busy: float
    steal: float
    total: float
    own: float

    @classmethod
    def read(cls, stat: Path = Path("/proc/stat"), own: float | None = None) -> Self | None:
        """Return the times until now, from Linux's /proc/stat.

        None where the system does not report them.
        """
        if not stat.is_file():
            return None
        name, *ticks = (stat.read_text().split("\n", 1)[0] or "none").split()
        if name != "cpu" or len(ticks) <= _STEAL_FIELD:
            return None
        # Guests' time, in the fields behind, is part of the users' already.
        seconds = [int(tick) / os.sysconf("SC_CLK_TCK") for tick in ticks[: _STEAL_FIELD + 1]]
        idle, steal = sum(seconds[k] for k in _IDLE_FIELDS), seconds[_STEAL_FIELD]
        total = sum(seconds)
        return cls(total - idle - steal, steal, total, read_cpu_s() if own is None else own)

    def percent_since(self, begin: "ProcessorTimes") -> dict[str, float]:
        """Return the share of other programs since then, in % of all processors."""
        total = max(self.total - begin.total, 1e-9)
        others = (self.busy - begin.busy) - (self.own - begin.own)
        return {
            "others_percent": round(min(max(100 * others / total, 0.0), 100.0), 1),
            "steal_percent": round(min(max(100 * (self.steal - begin.steal) / total, 0.0), 100.0), 1),
        }
