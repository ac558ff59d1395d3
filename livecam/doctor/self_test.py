"""Run the sample into livecam's own virtual camera, and measure what arrives."""

import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from livecam.app.components import Components, open_parts
from livecam.app.session import Session
from livecam.config.settings import Settings
from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import OutputError
from livecam.core.frame import Frame, Pixels
from livecam.core.ports import FrameSource
from livecam.core.supervisor import Supervisor
from livecam.devices.camera.listing import list_loopbacks
from livecam.devices.virtual_camera.watch import watch
from livecam.doctor.timecode import read_at_edge, write_at_edge
from livecam.personas.built_in import builtin_names

SIZE_WH = (1280, 720)
RATE_HZ = 30.0
_WATCHED_S = 3.0
_SEEN_WITHIN_S = 30.0
_JOIN_S = 12.0
_LOOK_S = 0.05
_NS_PER_TICK = 1000


class TimedSource:
    """A source that writes the capture time into each picture's lower edge.

    In ticks since `begin_ns`.
    """

    def __init__(self, source: FrameSource, begin_ns: int) -> None:
        self.name, self.rate_hz, self.live = source.name, source.rate_hz, source.live
        self._source, self._begin_ns = source, begin_ns

    def read(self) -> Frame | None:
        """Return the next picture, copied.

        Raises:
            CameraError: What the source raises.
        """
        frame = self._source.read()
        if frame is None:
            return None
        pixels = frame.pixels.copy()
        write_at_edge(pixels, max(0, frame.captured_ns - self._begin_ns) // _NS_PER_TICK)
        return replace(frame, pixels=pixels)

    def close(self) -> None:
        """Close the source."""
        self._source.close()


@dataclass
class SeenPictures:
    """What the watching side got, from the first picture with a time on.

    The opening card has none.

    Attributes:
        latency_ns: From capture to having it in hand, decoded; of each picture once, however often it came.
        arrived_ns: When.
        damaged: Pictures with an unreadable time.
        size_wh: Of the last one.
    """

    begin_ns: int
    latency_ns: list[int] = field(default_factory=list)
    arrived_ns: list[int] = field(default_factory=list)
    damaged: int = 0
    size_wh: tuple[int, int] = (0, 0)
    _last: int = -1

    def count_picture(self, pixels: Pixels, now_ns: int) -> None:
        """Count one picture."""
        self.size_wh = pixels.shape[1], pixels.shape[0]
        ticks = read_at_edge(pixels)
        if ticks is None:
            self.damaged += bool(self.arrived_ns)
            return
        self.arrived_ns.append(now_ns)
        if ticks != self._last:
            self._last = ticks
            self.latency_ns.append(now_ns - self.begin_ns - ticks * _NS_PER_TICK)

    def has_enough(self, now_ns: int, watched_ns: int, limit_ns: int) -> bool:
        """Whether the watch is long enough, or its limit has passed without a picture."""
        if not self.arrived_ns:
            return now_ns > limit_ns
        return now_ns - self.arrived_ns[0] > watched_ns


@dataclass(frozen=True, slots=True)
class SelfTest:
    """What a program that chooses livecam as its camera will see."""

    device: str
    size_wh: tuple[int, int]
    rate_hz: float
    latency_p50_ms: float
    latency_p95_ms: float
    pictures: int
    damaged: int

    def __str__(self) -> str:
        """Return one line."""
        size = f"{self.size_wh[0]}x{self.size_wh[1]}"
        who = "Zoom and other programs" if self.device.startswith("/dev/") else "programs that ask PipeWire"
        return (
            f"{who} will see {size} at {self.rate_hz:.1f} fps, {self.latency_p50_ms:.0f} ms after "
            f"capture (p95 {self.latency_p95_ms:.0f} ms); {self.pictures} pictures, {self.damaged} damaged"
        )


def open_sample_components(sink: str, size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> Components:
    """Open the components of `livecam run --camera sample`.

    Raises:
        LivecamError: No camera that can be watched here, one in use, or an incomplete installation.
    """
    settings = Settings(
        persona=builtin_names()[0],
        camera="sample",
        sink=choose_watched_sink(sink),
        engine="photo",
        size_wh=size_wh,
        fps=rate_hz,
    )
    return open_parts(settings, clock, paced=True)


def choose_watched_sink(sink: str) -> str:
    """Return what `--sink` would open; for "auto" never the file.

    Raises:
        OutputError: It is none that programs watch, or this system's cannot be watched from here.
    """
    if sys.platform != "linux":
        raise OutputError(
            "the self test watches cameras of Linux: /dev/video* and PipeWire's", command="livecam doctor"
        )
    if sink == "auto":
        return sink if list_loopbacks() else "pipewire"
    if sink.partition(":")[0] not in ("virtualcam", "pipewire"):
        raise OutputError(f"no program watches --sink {sink}", command="livecam doctor --self-test --sink auto")
    return sink


def run_self_test(
    clock: Clock,
    *,
    sink: str = "auto",
    size_wh: tuple[int, int] = SIZE_WH,
    rate_hz: float = RATE_HZ,
    watched_s: float = _WATCHED_S,
    seen_within_s: float = _SEEN_WITHIN_S,
    parts: Callable[[str, tuple[int, int], float, Clock], Components] = open_sample_components,
) -> SelfTest:
    """Run a session into the virtual camera and watch it.

    Args:
        clock: Stamps the pictures and is read when they arrive.
        sink: What `livecam run` is given.
        size_wh: Of the pictures.
        rate_hz: At which they are sent.
        watched_s: For how long, from the first picture seen.
        seen_within_s: Until which the watching side must have seen one.
        parts: Opens what the session is made of.

    Raises:
        LivecamError: What opening raises; the device allows no reader, or nothing arrives.
    """
    seen, opened = SeenPictures(clock.now_ns()), parts(sink, size_wh, rate_hz, clock)
    device, supervisor = opened.sink.name, Supervisor()
    timed = replace(opened, source=TimedSource(opened.source, seen.begin_ns))
    settings = Settings(persona=opened.persona.name, size_wh=size_wh, fps=rate_hz)
    with Session(settings, timed, clock) as session:
        for report in session.reports(_LOOK_S):  # programs see the device after its first picture only
            if report.frames.sent:
                break
        look = partial(watch, device, opened.sink.size_wh, rate_hz, clock, seen.count_picture)
        supervisor.start("watch", look)
        limit_ns = clock.now_ns() + int(seen_within_s * NS_PER_S)
        for _ in session.reports(_LOOK_S):
            if not supervisor.running or seen.has_enough(clock.now_ns(), int(watched_s * NS_PER_S), limit_ns):
                break
        supervisor.join(_JOIN_S)  # while pictures come: the watching side looks whether to stop between two of them
    return _judge(device, seen)


def _judge(device: str, seen: SeenPictures) -> SelfTest:
    if len(seen.arrived_ns) < 2:
        raise OutputError(f"nothing that was sent to {device} came out of it", command="livecam doctor")
    seconds = (seen.arrived_ns[-1] - seen.arrived_ns[0]) / NS_PER_S
    p50_ns, p95_ns = np.percentile(seen.latency_ns, (50, 95))
    return SelfTest(
        device=device,
        size_wh=seen.size_wh,
        rate_hz=(len(seen.arrived_ns) - 1) / max(seconds, 1e-9),
        latency_p50_ms=float(p50_ns) / NS_PER_MS,
        latency_p95_ms=float(p95_ns) / NS_PER_MS,
        pictures=len(seen.arrived_ns),
        damaged=seen.damaged,
    )
