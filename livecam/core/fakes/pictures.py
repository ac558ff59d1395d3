"""A fake camera and a fake sink, scripted by data."""

from collections.abc import Iterable, Sequence

from livecam.core.clock import NS_PER_S, Clock, ManualClock
from livecam.core.errors import CameraError, OutputError
from livecam.core.frame import Frame, MarkedFrame, Pixels


class FakeSource:
    """Plays a list of pictures at a steady rate on a clock.

    It raises an error in the list at its turn.
    """

    name = "fake camera"
    live = True

    def __init__(
        self, script: Iterable[Pixels | CameraError], rate_hz: float = 30.0, clock: Clock | None = None
    ) -> None:
        self.rate_hz = rate_hz
        self.closed = False
        self._script = iter(script)
        self._clock = clock or ManualClock()
        self._seq = -1
        self._due_ns = self._clock.now_ns()

    def read(self) -> Frame | None:
        """Return the next picture at its time; None at the end of the script."""
        item = next(self._script, None)
        if item is None or self.closed:
            return None
        self._due_ns += int(NS_PER_S / self.rate_hz)
        self._clock.sleep_until_ns(self._due_ns)
        if isinstance(item, CameraError):
            raise item
        self._seq += 1
        return Frame(item, self._clock.now_ns(), self._seq)

    def close(self) -> None:
        """End the script."""
        self.closed = True


class FakeSink:
    """Keeps what it receives; refuses at the sends in `fail_at`."""

    name = "fake sink"

    def __init__(self, size_wh: tuple[int, int], fail_at: Sequence[int] = (), keep: int | None = None) -> None:
        self.size_wh = size_wh
        self.frames: list[MarkedFrame] = []
        self.sends = 0
        self.closed = False
        self._fail_at = frozenset(fail_at)
        self._keep = keep

    def send(self, frame: MarkedFrame) -> None:
        """Keep the picture."""
        if not isinstance(frame, MarkedFrame):
            raise TypeError(f"sinks take MarkedFrame only, got {type(frame).__name__}")
        if frame.size_wh != self.size_wh:
            raise ValueError(f"size must be {self.size_wh}, got {frame.size_wh}")
        if self.closed:
            raise OutputError("the fake sink is closed", advice="open it again")
        self.sends += 1
        if self.sends - 1 in self._fail_at:
            raise OutputError("the fake sink was set to fail", advice="take the number out of fail_at")
        self.frames.append(frame)
        if self._keep is not None:
            del self.frames[: -self._keep]

    def close(self) -> None:
        """Accept nothing more."""
        self.closed = True
