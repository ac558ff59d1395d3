"""Long work as jobs in one file.

Jobs are queued, run in a child process of low priority, cancelled and retried. None is lost.
"""

from livecam.jobs.job import Job, Progress, State
from livecam.jobs.port import JobStore
from livecam.jobs.store import SqliteJobStore

__all__ = ["Job", "JobStore", "Progress", "SqliteJobStore", "State"]
