"""One attempt on a cluster, watched by a thread of the owner's machine."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any, Final, Protocol

import pyrage

from livecam.core.errors import LivecamError
from livecam.core.files.errors import system_error
from livecam.core.files.reading import hash_plain
from livecam.jobs.child import ChildAttempt
from livecam.jobs.cluster.messages import TravellingFile
from livecam.jobs.cluster.sealing import unseal
from livecam.jobs.job import Failure, Progress
from livecam.jobs.port import Outcome

_LOOK_S: Final = 0.1
_END_S: Final = 15.0


class Stopped(Exception):
    """The attempt was ended from here."""


class Task(Protocol):
    """A job as the cluster runs it."""

    def messages(self) -> Iterable[Any]:
        """Yield what the node says.

        Raises:
            TaskLost: The node or the task is gone.
        """

    def cancel(self) -> None:
        """End it. Idempotent."""


class TaskLost(Exception):
    """The task ended without an answer.

    Attributes:
        by_the_job: Whether the job ended its worker, rather than the node.
    """

    def __init__(self, words: str, by_the_job: bool) -> None:
        super().__init__(words)
        self.by_the_job = by_the_job


@dataclass(frozen=True, slots=True)
class Accepting:
    """What it takes to accept a result here.

    Attributes:
        request: Of the child process that verifies and signs.
        folder: Where the result goes.
        identity: For which the node sealed it.
    """

    request: Mapping[str, object]
    folder: Path
    identity: pyrage.x25519.Identity


class ClusterAttempt:
    """Sends a job, follows it, and accepts its result.

    Args:
        submit: Sends it, and returns the task; it may take long, and asks `stopping` in between.
        accepting: How the result is accepted.
        refuse: Takes why a node refused the job, and the node's ID where it is known.
    """

    def __init__(
        self, submit: Callable[[Event], Task], accepting: Accepting, refuse: Callable[[str, str], None]
    ) -> None:
        self.progress = Progress(None, "sending")
        self._submit, self._accepting, self._refuse = submit, accepting, refuse
        self._stopping, self._node = Event(), ""
        self._task: Task | None = None
        self._child: ChildAttempt | None = None
        self._said: Outcome | None = None
        self._thread = Thread(target=self._follow, daemon=True)
        self._thread.start()

    def outcome(self) -> Outcome | None:
        """Return how it ended; None while it runs."""
        return None if self._thread.is_alive() else self._said

    def end(self) -> None:
        """End it; returns when it does not run any more. Idempotent."""
        self._stopping.set()
        if self._task is not None:
            self._task.cancel()
        self._thread.join(_END_S)

    def _follow(self) -> None:
        try:
            self._said = self._result()
        except TaskLost as lost:
            self._said = Outcome(last_words=str(lost), lost=not lost.by_the_job)
        except Stopped:
            self._said = Outcome(last_words="ended", lost=True)
        except OSError as error:
            self._said = _failure(system_error(error))
        except LivecamError as error:
            self._said = _failure(error)
        except Exception as error:  # a defect must not look like work that goes on
            self._said = Outcome(last_words=f"{type(error).__name__}: {error}")
        finally:
            if self._task is not None:
                self._task.cancel()

    def _result(self) -> Outcome:
        self._task = self._submit(self._stopping)
        self._check_stopped()
        self.progress = Progress(None, "waits for a node")
        said = iter(self._task.messages())
        for message in said:
            self._check_stopped()
            if "begun" in message:
                self._node, self.progress = message["begun"], Progress(None, "begun")
            elif "progress" in message:
                self.progress = Progress(**message["progress"])
            elif "refused" in message:
                self._refuse(message["refused"], self._node)
                return Outcome(last_words=message["refused"], lost=True)
            elif "crashed" in message:
                return Outcome(last_words=message["crashed"])
            elif "failed" in message:
                return Outcome(failure=Failure(**message["failed"]))
            else:
                files = [TravellingFile(**each) for each in message["files"]]
                self._receive(files, said)
                return self._accept(message["done"])
        raise TaskLost("the node gave no answer", by_the_job=False)

    def _receive(self, files: Iterable[TravellingFile], pieces: Iterable[Any]) -> None:
        """Write the results; a file that is not what the node hashed is lost.

        Raises:
            TaskLost: A piece is missing or changed.
        """
        self.progress = Progress(0.99, "receiving")
        parts = iter(pieces)
        for file in files:
            path, left = self._accepting.folder / Path(file.name).name, file.size_bytes
            with path.open("wb") as written:
                while left > 0:
                    self._check_stopped()
                    try:
                        piece = unseal(next(parts), self._accepting.identity)
                    except (StopIteration, ValueError) as error:
                        raise TaskLost(f"{file.name} came back incomplete", by_the_job=False) from error
                    written.write(piece)
                    left -= len(piece)
            if hash_plain(path) != file.sha256:
                raise TaskLost(f"{file.name} came back changed", by_the_job=False)

    def _accept(self, result: Mapping[str, Any]) -> Outcome:
        """Verify and sign in a child process."""
        self.progress = Progress(0.99, "verifying the mark")
        self._child = ChildAttempt({**self._accepting.request, "done_elsewhere": dict(result)})
        try:
            while (outcome := self._child.outcome()) is None:
                self._check_stopped()
                self._stopping.wait(_LOOK_S)
            return outcome
        finally:
            self._child.end()

    def _check_stopped(self) -> None:
        if self._stopping.is_set():
            raise Stopped


def _failure(error: LivecamError) -> Outcome:
    return Outcome(failure=Failure(str(error), error.help_text, error.exit_code))
