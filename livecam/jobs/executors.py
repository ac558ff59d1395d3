"""Choose where jobs run: on this machine, or on a cluster."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

from livecam.core.clock import SystemClock
from livecam.core.errors import LivecamError
from livecam.jobs.child import ChildExecutor
from livecam.jobs.consent_watch import JobConsent
from livecam.jobs.port import Executor
from livecam.jobs.runner import Runner
from livecam.jobs.store import SqliteJobStore


@dataclass(frozen=True, slots=True)
class Place:
    """Where jobs run.

    Attributes:
        ray: "auto", or HOST:PORT of a cluster's head; None for this machine.
        at_once: How many jobs this machine runs at once.
        shared: A folder that every node has at the same path.
    """

    ray: str | None = None
    at_once: int = 1
    shared: Path | None = None


def open_runner(store: SqliteJobStore, data_folder: Path, place: Place) -> Runner:
    """Return what runs the jobs of a data folder.

    Raises:
        LivecamError: Another process runs them, the cluster is not reached, or Ray is not installed.
    """
    executor = _open_executor(data_folder, place)
    try:
        return Runner(store, executor, JobConsent(data_folder, SystemClock()))
    except LivecamError:
        executor.close()
        raise


def _open_executor(data_folder: Path, place: Place) -> Executor:
    if place.ray is None:
        return ChildExecutor(data_folder, place.at_once)
    from livecam.jobs.cluster.executor import RayExecutor

    return RayExecutor(data_folder, place.ray, SystemClock(), place.shared)


def usable_cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
