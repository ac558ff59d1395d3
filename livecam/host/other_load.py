"""How much of this machine other programs took while something was measured."""

import os
from collections.abc import Callable
from pathlib import Path

from livecam.core.clock import NS_PER_S, Clock, SystemClock

BUSY_SHARE = 0.15
"""Of all cores: above this, times say more about the other programs than about livecam."""
_STAT = Path("/proc/stat")
_BUSY_FIELDS = (1, 2, 3, 6, 7, 8)  # user, nice, system, irq, softirq and what another virtual machine took, proc(5)


def read_machine_cpu_s() -> float | None:
    """Return the processor time of all programs since the machine's start.

    None where it is not known.
    """
    if not _STAT.exists():
        return None
    fields = _STAT.read_text().split("\n", 1)[0].split()
    return sum(int(fields[place]) for place in _BUSY_FIELDS) / os.sysconf("SC_CLK_TCK")


def read_own_cpu_s() -> float:
    """Processor time of this process and of its children that ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class OtherPrograms:
    """What other programs use of the processor, from when this is made."""

    def __init__(
        self,
        clock: Clock | None = None,
        all_s: Callable[[], float | None] = read_machine_cpu_s,
        own_s: Callable[[], float] = read_own_cpu_s,
    ) -> None:
        self._clock, self._all_s, self._own_s = clock or SystemClock(), all_s, own_s
        self._begin_ns, self._begin_all_s, self._begin_own_s = self._clock.now_ns(), all_s(), own_s()

    def measure_cores(self) -> float | None:
        """Return how many cores they kept busy, on average; None where that is not known."""
        seconds, all_s = (self._clock.now_ns() - self._begin_ns) / NS_PER_S, self._all_s()
        if all_s is None or self._begin_all_s is None or seconds <= 0:
            return None
        others_s = (all_s - self._begin_all_s) - (self._own_s() - self._begin_own_s)
        return round(max(others_s / seconds, 0.0), 2)


def is_busy(others_cores: float | None, cores: int | None = None) -> bool:
    """Whether other programs took so much that a measurement is not valid."""
    return others_cores is not None and others_cores > BUSY_SHARE * (cores or os.cpu_count() or 1)


def describe_load(others_cores: float, cores: int | None = None) -> str:
    """Return the load in words: "other programs used 1.4 of 2 cores"."""
    return f"other programs used {others_cores:.1f} of {cores or os.cpu_count() or 1} cores"
