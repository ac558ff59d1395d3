"""Look for the marks in what a camera or the screen shows for a few seconds."""

from collections.abc import Iterator
from contextlib import closing

from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import CameraError
from livecam.core.frame import OnPicture, Pixels
from livecam.core.ports import FrameSource
from livecam.devices.camera.screen import ScreenSource
from livecam.devices.source import open_source
from livecam.disclosure.picture_reader.motion_regions import MotionRegions
from livecam.verify.verdict import Verdict, judge_pictures

CAMERA = "camera:"


def verify_camera(
    spec: str, seconds: float, clock: Clock | None = None, on_picture: OnPicture | None = None
) -> Verdict:
    """Watch a camera, also livecam's own.

    Args:
        spec: An index, a name or a device file; `camera:` before it is taken off.
        seconds: How long.
        clock: The machine's by default.
        on_picture: Is given every picture too.

    Raises:
        CameraError: It does not open, or delivers nothing.
    """
    clock = clock or SystemClock()
    with closing(open_source(spec.removeprefix(CAMERA), clock=clock)) as source:
        return judge_pictures(read_frames(source, seconds), on_picture=on_picture)


def verify_screen(seconds: float, source: FrameSource | None = None, on_picture: OnPicture | None = None) -> Verdict:
    """Watch the screen, as a whole and where it moves.

    A meeting shows people where the screen moves.

    Args:
        seconds: How long.
        source: Pictures of the screen; the first screen's by default.
        on_picture: Is given every picture too.

    Raises:
        CameraError: There is no screen, or other programs may not see it.
    """
    mover = MotionRegions()
    with closing(source or ScreenSource(SystemClock())) as screen:
        for pixels, at_ns in read_frames(screen, seconds):
            mover.keep(pixels, at_ns)
            if on_picture is not None:
                on_picture(pixels, at_ns)
    places = [mover.whole, *mover.find_regions()]
    # What is straight in one of these places is seen at once; a search takes seconds in each.
    verdicts = [judge_pictures(mover.cut(place), searches=0) for place in places]
    if all(verdict.best is None for verdict in verdicts):
        verdicts = [judge_pictures(mover.cut(place), searches=1) for place in places]
    return max(verdicts, key=_certainty)


def _certainty(verdict: Verdict) -> tuple[float, int]:
    """Return marks before plates, surer ones before others."""
    best = verdict.best
    return (best.score - best.threshold + 1.0 if best is not None else 0.0), verdict.label_count


def read_frames(source: FrameSource, seconds: float) -> Iterator[tuple[Pixels, int]]:
    """Yield the pictures of a source with their nanoseconds since the first.

    Raises:
        CameraError: There are none.
    """
    first_ns: int | None = None
    while (frame := source.read()) is not None:
        if first_ns is None:
            first_ns = frame.captured_ns
        if frame.captured_ns - first_ns > seconds * NS_PER_S:
            return
        yield frame.pixels, frame.captured_ns - first_ns
    if first_ns is None:
        raise CameraError(f"{source.name} shows nothing", command="livecam devices")
