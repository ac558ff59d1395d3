"""What machine this is and what the process takes of it, so that every figure carries its machine."""

import os
import platform
import sys
from pathlib import Path

_MIB = 1024 * 1024


def _first_value(file: Path, key: str) -> str | None:
    if not file.exists():
        return None
    for line in file.read_text(errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return None


def machine() -> dict[str, object]:
    """Processor, cores, system and Python of this machine."""
    return {
        "cpu": _first_value(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }


def memory_mb() -> dict[str, float]:
    """Resident memory of this process now and at its peak, in MiB; empty where the system does not tell."""
    status = Path("/proc/self/status")
    now, peak = _first_value(status, "VmRSS"), _first_value(status, "VmHWM")
    if now and peak:
        return {"now": int(now.split()[0]) / 1024, "peak": int(peak.split()[0]) / 1024}
    if sys.platform == "win32":
        return {}
    import resource

    peak_bytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return {"now": peak_bytes / _MIB, "peak": peak_bytes / _MIB}


def cpu_seconds() -> float:
    """Processor time this process has used, all threads."""
    times = os.times()
    return times.user + times.system
