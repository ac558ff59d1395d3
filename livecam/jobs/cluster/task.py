"""A job as a streaming task of Ray."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Final

from livecam.jobs.cluster.attempt import TaskLost
from livecam.jobs.cluster.link import list_nodes

_NOT_HERE: Final = (ImportError, AttributeError)


class RayTask:
    """What the node says; a lost node differs from a job that ends its worker.

    Args:
        ray: The module.
        generator: The streaming result.
        lose: Counts a lost node; returns whether the job is taken for the cause.
    """

    def __init__(self, ray: Any, generator: Any, lose: Callable[[], bool]) -> None:
        self._ray, self._generator, self._lose = ray, generator, lose
        self._node = ""

    def messages(self) -> Iterable[Any]:
        """Yield what the node says.

        Raises:
            TaskLost: The node, its worker or the task is gone.
        """
        errors = self._ray.exceptions
        try:
            for reference in self._generator:
                message = self._ray.get(reference)
                if isinstance(message, dict) and "begun" in message:
                    self._node = message["begun"]
                yield message
        except errors.RayTaskError as error:
            by_the_job = not isinstance(error.cause, _NOT_HERE)
            raise TaskLost(f"the node fails: {error.cause!r}", by_the_job and not self._node_lost()) from error
        except (errors.WorkerCrashedError, errors.OutOfMemoryError) as error:
            if self._node_lost():
                raise TaskLost("the node is gone", self._lose()) from error
            raise TaskLost(_first_line(error), by_the_job=True) from error
        except errors.RayError as error:
            raise TaskLost(_first_line(error), self._lose()) from error

    def cancel(self) -> None:
        """End the task, and the worker with it. Idempotent."""
        with suppress(Exception):  # it has ended, or the cluster is gone
            self._ray.cancel(self._generator, force=True)

    def _node_lost(self) -> bool:
        return bool(self._node) and self._node not in {each.id for each in list_nodes(self._ray)}


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
