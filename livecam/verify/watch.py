"""Look for the marks in what a camera or the screen shows for a few seconds."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from livecam.core.clock import NS_PER_S, Clock, SystemClock
from livecam.core.errors import CameraError
from livecam.core.frame import OnPicture, Pixels
from livecam.core.ports import FrameSource
from livecam.devices.camera.screen import ScreenSource
from livecam.devices.source import open_source
from livecam.disclosure.picture_reader.motion_regions import MotionRegions
from livecam.verify.verdict import SparingGrid, Verdict, judge_pictures

CAMERA = "camera:"


def verify_camera(
    spec: str,
    seconds: float,
    clock: Clock | None = None,
    on_picture: OnPicture | None = None,
    sparing: bool = False,
) -> Verdict:
    """Watch a camera, also livecam's own.

    Args:
        spec: An index, a name or a device file; `camera:` before it is taken off.
        seconds: How long.
        clock: The machine's by default.
        on_picture: Is given every picture too.
        sparing: Whether to look at fewer pictures: see `judge_pictures`.

    Raises:
        CameraError: It does not open, or delivers nothing.
    """
    clock = clock or SystemClock()
    with closing(open_source(spec.removeprefix(CAMERA), clock=clock)) as source:
        return judge_pictures(read_frames(source, seconds), on_picture=on_picture, sparing=sparing)


def verify_screen(
    seconds: float,
    source: FrameSource | None = None,
    on_picture: OnPicture | None = None,
    sparing: bool = False,
) -> Verdict:
    """Watch the screen, as a whole and where it moves.

    A meeting shows people where the screen moves.

    Args:
        seconds: How long.
        source: Pictures of the screen; the first screen's by default.
        on_picture: Is given every picture too.
        sparing: Whether to look at fewer pictures, and only where the most moves: see `judge_pictures`.

    Raises:
        CameraError: There is no screen, or other programs may not see it.
    """
    mover, grid = MotionRegions(), SparingGrid()
    with closing(source or ScreenSource(SystemClock())) as screen:
        for pixels, at_ns in read_frames(screen, seconds):
            if on_picture is not None:
                on_picture(pixels, at_ns)
            if not sparing or grid.takes(at_ns):
                mover.keep(pixels, at_ns)
    parts = mover.find_regions()
    if sparing:
        return judge_pictures(mover.cut(parts[0] if parts else mover.whole), searches=1, sparing=True)
    places = [mover.whole, *parts]
    # What is straight in one of these places is seen at once; a search takes seconds in each.
    verdicts = [judge_pictures(mover.cut(place), searches=0) for place in places]
    if all(verdict.best is None for verdict in verdicts):
        searched = [judge_pictures(mover.cut(place), searches=1, plates=False) for place in places]
        verdicts = [replace(one, readings=two.readings) for one, two in zip(verdicts, searched, strict=True)]
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
