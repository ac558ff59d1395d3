"""Run a live session with all its threads on a camera of JPEG pictures.

It measures latency, punctuality, processor time and memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from livecam.app.components import Components
from livecam.app.session import Session
from livecam.bench.pictures import JpegCamera
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock, SystemClock
from livecam.core.frame import MarkedFrame, Pixels
from livecam.core.ports import FrameSink
from livecam.core.report import Report
from livecam.host.energy import Energy


@dataclass(frozen=True, slots=True)
class Live:
    """Result of a live session.

    Attributes:
        report: Its own report.
        timeline: For every picture sent: seconds since the first, milliseconds since it was captured, and whether it
            is a new picture, neither sent before nor a card.
        watts: The processor's power during the run, of the whole machine; None where it is not known.
    """

    report: Report
    timeline: Sequence[tuple[float, float, bool]]
    watts: float | None

    def to_dict(self) -> dict[str, object]:
        """Return the report's keys, then timeline and watts."""
        return {**self.report.to_dict(), "timeline": self.timeline, "watts": self.watts}


class WatchedSink:
    """Passes pictures on, and records when each was sent and how old it was."""

    def __init__(self, sink: FrameSink, clock: Clock) -> None:
        self.size_wh, self.name = sink.size_wh, sink.name
        self.timeline: list[tuple[float, float, bool]] = []
        self._sink, self._clock = sink, clock
        self._start_ns: int | None = None
        self._last: MarkedFrame | None = None

    def send(self, frame: MarkedFrame) -> None:
        """Send the picture on, and record it."""
        self._sink.send(frame)
        now_ns = self._clock.now_ns()
        if self._start_ns is None:
            self._start_ns = now_ns
        at_s, age_ms = (now_ns - self._start_ns) / NS_PER_S, (now_ns - frame.captured_ns) / NS_PER_MS
        new = frame is not self._last and frame.seq >= 0  # cards have no place in the camera's sequence
        self.timeline.append((round(at_s, 4), round(age_ms, 2), new))
        self._last = frame

    def close(self) -> None:
        """Close the sink behind it."""
        self._sink.close()


def measure_paced(
    settings: Settings,
    parts: Components,
    pictures: Sequence[Pixels],
    seconds: float,
    every_s: float = 1.0,
    observe: Callable[[Report], None] = lambda report: None,
) -> Report:
    """Run a session for some seconds.

    Args:
        settings: The camera has its rate too.
        parts: Persona, finder, engine and sink are used and closed; the source is replaced.
        pictures: What the camera shows, back and forth.
        seconds: How long.
        every_s: Interval of reports during the run.
        observe: Receives each of them.

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


def measure_live(settings: Settings, parts: Components, pictures: Sequence[Pixels], seconds: float) -> Live:
    """Measure as `measure_paced` does, and record every picture.

    It is not for hours, as the records grow.

    Raises:
        LivecamError: What a worker of the session raises.
    """
    clock, energy = SystemClock(), Energy()
    watched = WatchedSink(parts.sink, clock)
    report = measure_paced(settings, replace(parts, sink=watched), pictures, seconds)
    return Live(report, watched.timeline, energy.measure_watts())
