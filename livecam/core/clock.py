"""Time as a value: everything that waits or stamps receives one of these clocks."""

import os
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

NS_PER_MS = 1_000_000
NS_PER_S = 1_000_000_000


class Clock(Protocol):
    """A monotonic clock in integer nanoseconds."""

    def now_ns(self) -> int:
        """Return nanoseconds since an arbitrary start; they never go back."""
        ...

    def sleep_until_ns(self, deadline_ns: int) -> None:
        """Return at `deadline_ns` or at once if that has passed."""
        ...

    def wait_until_ns(self, changed: threading.Condition, deadline_ns: int) -> None:
        """Return when `changed` (held by the caller) is notified, or at the deadline."""
        ...


class SystemClock:
    """The machine's monotonic clock."""

    def now_ns(self) -> int:
        """Return nanoseconds of `time.perf_counter_ns`."""
        return time.perf_counter_ns()

    def sleep_until_ns(self, deadline_ns: int) -> None:
        """Sleep until the deadline, as exactly as the scheduler (about 0.1 ms on Linux)."""
        remaining_ns = deadline_ns - time.perf_counter_ns()
        if remaining_ns > 0:
            time.sleep(remaining_ns / NS_PER_S)

    def wait_until_ns(self, changed: threading.Condition, deadline_ns: int) -> None:
        """Wait for a notification until the deadline."""
        remaining_ns = deadline_ns - time.perf_counter_ns()
        if remaining_ns > 0:
            changed.wait(remaining_ns / NS_PER_S)


class ManualClock:
    """A clock for tests and replays.

    Time passes only when a caller sleeps or advances it.
    """

    def __init__(self, start_ns: int = 0) -> None:
        self._now_ns = start_ns
        self._lock = threading.Lock()

    def now_ns(self) -> int:
        """Return the time last set."""
        with self._lock:
            return self._now_ns

    def sleep_until_ns(self, deadline_ns: int) -> None:
        """Jump to the deadline."""
        with self._lock:
            self._now_ns = max(self._now_ns, deadline_ns)

    def wait_until_ns(self, changed: threading.Condition, deadline_ns: int) -> None:
        """Jump to the deadline, as no other thread notifies in a scripted run."""
        self.sleep_until_ns(deadline_ns)

    def advance_ns(self, step_ns: int) -> None:
        """Let time pass."""
        if step_ns < 0:
            raise ValueError(f"time cannot go back, got {step_ns} ns")
        with self._lock:
            self._now_ns += step_ns


_IMPORTED_NS = time.perf_counter_ns()


def process_age_ns() -> int:
    """Return the age of this process (Linux), else the time since this import.

    It includes the start of the interpreter and imports.
    """
    stat = Path("/proc/self/stat")
    if not stat.exists():
        return time.perf_counter_ns() - _IMPORTED_NS
    started_ticks = int(stat.read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) - started_ticks * NS_PER_S // os.sysconf("SC_CLK_TCK")


def process_cpu_ns() -> int:
    """Return this process's processor time, all threads."""
    return time.process_time_ns()


def utc_now() -> datetime:
    """Return the calendar time, for records and file names only.

    Never use it for scheduling.
    """
    return datetime.now(UTC)
