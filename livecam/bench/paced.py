"""A live session with all its threads on a camera of JPEG pictures: latency, punctuality, processor and memory."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from livecam.bench.pictures import JpegCamera
from livecam.config import Settings
from livecam.core.clock import SystemClock
from livecam.core.frame import Pixels
from livecam.core.report import Report
from livecam.parts import Parts
from livecam.session import Session


def measure_paced(
    settings: Settings,
    parts: Parts,
    pictures: Sequence[Pixels],
    seconds: float,
    every_s: float = 1.0,
    observe: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Run a session for some seconds.

    Args:
        settings: Its rate is the camera's too.
        parts: Persona, finder, engine and sink are used and closed; the source is replaced.
        pictures: What the camera shows, back and forth.
        seconds: How long.
        every_s: How often figures are read meanwhile.
        observe: Gets each of these reports.

    Returns:
        The last report.

    Raises:
        LivecamError: What a worker of the session raises.
    """
    clock = SystemClock()
    parts.source.close()
    live = replace(parts, source=JpegCamera(pictures, settings.fps, clock))
    with Session(replace(settings, duration_s=seconds), live, clock) as session:
        for report in session.reports(every_s):
            observe(report)
        return session.report()
