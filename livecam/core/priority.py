"""Lower or raise a thread's priority, where threads have one (Linux)."""

import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from enum import StrEnum
from typing import Final, TypeVar

Result = TypeVar("Result")

_STEP: Final = 10
_REAL_TIME: Final = 5
_NICE: Final = -11
_MOST_US: Final = 2_000_000


class Rank(StrEnum):
    """Scheduling class of a thread."""

    REAL_TIME = "real time"
    RAISED = "raised"
    USUAL = "usual"


def lower_priority() -> None:
    """Lower the priority of this thread, and of those it starts."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _STEP)


def read_nice() -> int:
    """Return this thread's nice value, 0 where threads have none."""
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) if sys.platform == "linux" else 0


def raise_nice(nice: int) -> None:
    """Raise this thread's nice value to at least `nice`.

    Work for another thread has that thread's priority.
    """
    if sys.platform == "linux" and nice > read_nice():
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), min(nice, 19))


def raise_priority() -> Rank:
    """Give this thread, and those it starts, real-time priority where allowed.

    Sound servers' threads have it too. A thread that then works for two seconds without a pause is faulty; the system
    ends the process.

    Returns:
        What the system allowed: real time, else PulseAudio's nice value, else nothing.
    """
    rank = _raise_rank()
    if rank is Rank.REAL_TIME:
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_RTTIME)
        limit = _MOST_US if most == resource.RLIM_INFINITY else min(_MOST_US, most)
        resource.setrlimit(resource.RLIMIT_RTTIME, (limit, most))
    return rank


def find_allowed_rank() -> Rank:
    """Return the priority that `raise_priority` would get."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_raise_rank).result()


def _raise_rank() -> Rank:
    """Raise this thread's priority as high as allowed; return it."""
    if sys.platform != "linux":
        return Rank.USUAL
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(_REAL_TIME))
    except PermissionError:
        return _raise_nice()
    return Rank.REAL_TIME


def _raise_nice() -> Rank:
    thread = threading.get_native_id()
    try:
        os.setpriority(os.PRIO_PROCESS, thread, min(_NICE, os.getpriority(os.PRIO_PROCESS, thread)))
    except PermissionError:
        return Rank.USUAL
    return Rank.RAISED


def reset_priority() -> None:
    """Reset the priority of this thread, and of those it starts."""
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def leave_real_time() -> Rank:
    """Give this thread, and those it starts, the highest rank below real time.

    For work that others wait for and that may take seconds.

    Returns:
        What the system allowed: PulseAudio's nice value, else nothing.
    """
    reset_priority()
    return _raise_nice() if sys.platform == "linux" else Rank.USUAL


def call_at_usual_priority(work: Callable[[], Result]) -> Result:
    """Call a function in a thread of usual priority.

    For example to start a process.
    """
    with ThreadPoolExecutor(1, initializer=reset_priority) as pool:
        return pool.submit(work).result()
