"""Send pictures with the time in them to livecam's own virtual camera, watch it as a program would, and compare."""

import sys
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import OutputError
from livecam.core.frame import Pixels
from livecam.core.ports import FrameSink
from livecam.devices.sink import open_sink
from livecam.devices.timecode import read_number, write_number
from livecam.devices.watch import watch
from livecam.supervisor import Supervisor
from livecam.video.mark import Marker

SIZE_WH = (1280, 720)
RATE_HZ = 30.0
_WATCHED_S = 3.0
_OPENS_WITHIN_S = 12.0
_JOIN_S = 12.0
_NS_PER_TICK = 1000
_GREY = 90


@dataclass
class Seen:
    """What the watching side got.

    Attributes:
        latency_ns: From handing a picture over to having it in hand, decoded.
        arrived_ns: When.
        damaged: Pictures whose time could not be read.
        size_wh: Of the last one.
    """

    begin_ns: int
    latency_ns: list[int] = field(default_factory=list)
    arrived_ns: list[int] = field(default_factory=list)
    damaged: int = 0
    size_wh: tuple[int, int] = (0, 0)

    def picture(self, pixels: Pixels, now_ns: int) -> None:
        """Account for one picture."""
        self.size_wh = pixels.shape[1], pixels.shape[0]
        ticks = read_number(pixels)
        if ticks is None:
            self.damaged += 1
            return
        self.arrived_ns.append(now_ns)
        self.latency_ns.append(now_ns - self.begin_ns - ticks * _NS_PER_TICK)


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
        """One line."""
        size = f"{self.size_wh[0]}x{self.size_wh[1]}"
        return (
            f"programs will see {size} at {self.rate_hz:.1f} fps, {self.latency_p50_ms:.0f} ms after it was sent "
            f"(p95 {self.latency_p95_ms:.0f} ms); {self.pictures} pictures, {self.damaged} damaged"
        )


class Sender:
    """Sends grey, marked pictures with the time in them, at a steady rate."""

    def __init__(self, sink: FrameSink, rate_hz: float, begin_ns: int, clock: Clock) -> None:
        self._sink, self._begin_ns, self._clock = sink, begin_ns, clock
        self._period_ns = int(NS_PER_S / rate_hz)
        self._due_ns = clock.now_ns()
        self._marker = Marker(sink.size_wh)

    def send(self) -> None:
        """The next picture at its time; a late one is not caught up with."""
        self._clock.sleep_until_ns(self._due_ns)
        width, height = self._sink.size_wh
        pixels = np.full((height, width, 3), _GREY, np.uint8)
        sent_ns = self._clock.now_ns()
        write_number(pixels, (sent_ns - self._begin_ns) // _NS_PER_TICK)
        self._sink.send(self._marker.mark(pixels, sent_ns, 0))
        self._due_ns = max(self._due_ns + self._period_ns, self._clock.now_ns())


def self_test(
    clock: Clock,
    *,
    size_wh: tuple[int, int] = SIZE_WH,
    rate_hz: float = RATE_HZ,
    watched_s: float = _WATCHED_S,
    opens_within_s: float = _OPENS_WITHIN_S,
) -> SelfTest:
    """Open the virtual camera, send, watch, compare.

    Args:
        clock: Paces, and is written into the pictures.
        size_wh: Of the pictures.
        rate_hz: At which they are sent.
        watched_s: For how long, from the first picture seen.
        opens_within_s: Until which the watching side must have seen one.

    Raises:
        OutputError: There is no virtual camera that can be watched here, it is in use, or nothing arrives.
    """
    if sys.platform != "linux":
        raise OutputError("the self test watches /dev/video*, which this system does not have", hint="livecam doctor")
    seen = Seen(clock.now_ns())
    with closing(open_sink("virtualcam", size_wh, rate_hz, clock=clock)) as sink:
        sender = Sender(sink, rate_hz, seen.begin_ns, clock)
        sender.send()  # programs see the device after its first picture only
        supervisor = Supervisor()
        supervisor.start("watch", lambda stopping: watch(Path(sink.name), clock, seen.picture, stopping))
        _send_while_watched(sender, seen, clock, (watched_s, opens_within_s), supervisor)
        supervisor.stopping.set()
        sender.send()  # what the watching side waits for before it looks whether to stop
        supervisor.join(_JOIN_S)
    return _judged(sink.name, seen)


def _send_while_watched(
    sender: Sender, seen: Seen, clock: Clock, limits_s: tuple[float, float], supervisor: Supervisor
) -> None:
    """Until enough was seen; the watching side may take its time to open."""
    watched_s, opens_within_s = limits_s
    limit_ns = clock.now_ns() + int((opens_within_s + watched_s) * NS_PER_S)
    while supervisor.running and clock.now_ns() < limit_ns:
        sender.send()
        if seen.arrived_ns and clock.now_ns() - seen.arrived_ns[0] > watched_s * NS_PER_S:
            return


def _judged(device: str, seen: Seen) -> SelfTest:
    if len(seen.arrived_ns) < 2:
        raise OutputError(f"nothing that was sent to {device} came out of it", hint="livecam doctor")
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
