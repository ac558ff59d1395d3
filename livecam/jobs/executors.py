"""Choose where jobs run: on this machine, or on a cluster."""

import os
import sys
from pathlib import Path

from livecam.core.clock import SystemClock
from livecam.jobs.child import ChildExecutor
from livecam.jobs.port import Executor


def open_executor(data_folder: Path, ray: str | None, at_once: int = 1, shared: Path | None = None) -> Executor:
    """Return what runs jobs.

    Args:
        data_folder: The user's personas and voices.
        ray: "auto", or HOST:PORT of a cluster's head; None for this machine.
        at_once: How many jobs this machine runs at once.
        shared: A folder that every node has at the same path.

    Raises:
        LivecamError: The cluster is not reached, or Ray is not installed.
    """
    if ray is None:
        return ChildExecutor(data_folder, at_once)
    from livecam.jobs.cluster.executor import RayExecutor

    return RayExecutor(data_folder, ray, SystemClock(), shared)


def usable_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
