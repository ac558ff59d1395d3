"""The queue of jobs in a thread of the server.

Where another livecam runs it, this one waits.
"""

from threading import Event
from typing import Final

from livecam.core.errors import LivecamError
from livecam.jobs.executors import Place, open_runner
from livecam.jobs.runner import Runner
from livecam.studio.context import Studio

_LOOK_S: Final = 0.25
_AGAIN_S: Final = 5.0


class WorkQueue:
    """Runs jobs until it is stopped."""

    def __init__(self, studio: Studio) -> None:
        self._studio, self._stopping = studio, Event()

    def stop(self) -> None:
        """End after this turn; what runs is put back."""
        self._stopping.set()

    def run(self) -> None:
        """Take the queue as soon as no other livecam has it, and run its jobs."""
        while not self._stopping.is_set():
            try:
                runner = open_runner(self._studio.jobs, self._studio.data_folder, Place(self._studio.ray))
            except LivecamError as error:
                self._studio.queue_trouble = str(error)
                self._stopping.wait(_AGAIN_S)
                continue
            self._studio.queue_trouble = ""
            try:
                self._turns(runner)
            finally:
                runner.close()

    def _turns(self, runner: Runner) -> None:
        while not self._stopping.is_set():
            if runner.job is not None or not self._studio.paused:
                runner.turn()
            self._stopping.wait(_LOOK_S)
