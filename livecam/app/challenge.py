"""Watch a camera or the screen while the other side of a call does a task."""

from contextlib import closing

from livecam.core.clock import Clock, SystemClock
from livecam.core.ports import FaceFinder, FrameSource
from livecam.devices.camera.screen import ScreenSource
from livecam.devices.source import open_source
from livecam.plugins import open_face_finder
from livecam.verify.signs.challenge import ChallengeTask, describe_task
from livecam.verify.signs.observer import SPARSE_NS, FaceObserver
from livecam.verify.watch import CAMERA, read_frames


def watch_task(
    task: ChallengeTask,
    what: str | None,
    seconds: float,
    clock: Clock | None = None,
    finder: FaceFinder | None = None,
) -> str:
    """Return what the face mesh measured during a task.

    Args:
        task: What the other side was asked to do.
        what: "camera:" and an index or name, or a device file; None for the screen.
        seconds: How long to watch.
        clock: The machine's by default.
        finder: livecam's own by default.

    Raises:
        DeviceError: The camera or the screen cannot be seen.
        EngineError: The face finder is not installed or fails.
    """
    with closing(finder or open_face_finder()) as finding, closing(_open(what, clock or SystemClock())) as source:
        observer = FaceObserver(finding, interval_ns=SPARSE_NS)
        for pixels, at_ns in read_frames(source, seconds):
            observer.add(pixels, at_ns)
    return describe_task(task, observer.finish())


def _open(what: str | None, clock: Clock) -> FrameSource:
    if what is None:
        return ScreenSource(clock)
    return open_source(what.removeprefix(CAMERA), clock=clock)
