"""The workers of a session: grab, process, send, record.

Threads call `run`, tests call `turn`.
"""

from threading import Event

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.errors import STOPPED, CameraError, EngineError, OutputError
from livecam.core.frame import Frame, MarkedFrame
from livecam.core.ports import FrameSink, FrameSource
from livecam.timing.meter import Meter
from livecam.timing.pacer import Pacer
from livecam.video.pipeline.frame_pipeline import FramePipeline
from livecam.video.pipeline.mailbox import Mailbox
from livecam.video.pipeline.presenter import COUNTED, Presenter, Shown
from livecam.video.pipeline.withdrawal import Withdrawal

RETRY_NS = 500 * NS_PER_MS
IDLE_NS = 100 * NS_PER_MS
ENGINE_FAILURES_ALLOWED = 30


class CaptureLoop:
    """Reads the source and puts the newest frame in a slot.

    It retries a camera that is gone twice a second.
    """

    def __init__(self, source: FrameSource, frames: Mailbox[Frame], meter: Meter, clock: Clock) -> None:
        self.trouble: str | None = None
        self._source, self._frames, self._meter, self._clock = source, frames, meter, clock

    def turn(self) -> bool:
        """Grab one frame; False when the source has ended."""
        try:
            frame = self._source.read()
        except CameraError as error:
            self.trouble = str(error)
            self._meter.count("camera_errors")
            self._clock.sleep_until_ns(self._clock.now_ns() + RETRY_NS)
            return True
        if frame is None:
            return False
        self.trouble = None
        self._meter.count("captured")
        self._meter.add("capture", self._clock.now_ns() - frame.captured_ns)
        self._frames.put(frame)
        return True

    def run(self, stopping: Event) -> None:
        """Grab until the end of the source or the session."""
        while not stopping.is_set() and self.turn():
            pass
        self._frames.close()


class ProcessLoop:
    """Makes a picture of the newest frame, or none when the output is to hold."""

    def __init__(
        self,
        frames: Mailbox[Frame],
        step: FramePipeline,
        pictures: Mailbox[MarkedFrame],
        meter: Meter,
        clock: Clock,
        withdrawal: Withdrawal | None = None,
    ) -> None:
        """Join the parts.

        `withdrawal` withdraws pictures that a later search made doubtful.
        """
        self._withdrawal = withdrawal
        self._frames, self._step, self._pictures, self._meter, self._clock = frames, step, pictures, meter, clock
        self._failures = 0
        self.pair: tuple[Frame, MarkedFrame] | None = None

    def turn(self) -> bool:
        """Process one frame if there is one; False when no more will come.

        Raises:
            EngineError: An engine failed too often in a row.
        """
        frame = self._frames.take(self._clock.now_ns() + IDLE_NS)
        if frame is None:
            return not self._frames.is_drained
        try:
            picture = self._step.process(frame)
        except EngineError:
            self._failures += 1
            if self._failures > ENGINE_FAILURES_ALLOWED:
                raise
            self._meter.count_decision("HOLD", "an engine failed")
            return True
        self._failures = 0
        if self._withdrawal is not None:
            picture = self._withdrawal.judge(frame, self._step.finding, picture)
        if picture is not None:
            self.pair = (frame, picture) if picture.seq == frame.seq else self.pair
            self._pictures.put(picture)
        return True

    def run(self, stopping: Event) -> None:
        """Process until the frames end or the session does."""
        while not stopping.is_set() and self.turn():
            pass
        self._pictures.close()


class WriteLoop:
    """Sends a picture per period: the newest, the last one again, or a card."""

    def __init__(
        self,
        pictures: Mailbox[MarkedFrame],
        presenter: Presenter,
        sink: FrameSink,
        pacer: Pacer,
        meter: Meter,
        clock: Clock,
        recorded: Mailbox[MarkedFrame] | None = None,
    ) -> None:
        """Write pictures to a sink.

        `recorded` also takes every picture that was sent, for a recording.
        """
        self._pictures, self._presenter, self._sink = pictures, presenter, sink
        self._recorded = recorded
        self._last: MarkedFrame | None = None
        self._pacer, self._meter, self._clock = pacer, meter, clock
        self._settled = False

    def send_through(self, sink: FrameSink) -> None:
        """Send through another sink that hands on to the first.

        Call it before the thread starts.
        """
        self._sink = sink

    def turn(self) -> bool:
        """Send one picture at its time; False when no more will come."""
        picture = self._pictures.take(self._pacer.latest_ns)
        if picture is None and self._pictures.is_drained:
            return False
        self._clock.sleep_until_ns(self._pacer.earliest_ns if picture is not None else self._pacer.latest_ns)
        chosen, shown = self._presenter.choose(picture, self._clock.now_ns())
        with self._meter.stage("sink"):
            self._sink.send(chosen)
        if self._recorded is not None and chosen is not self._last and not self._presenter.revoked:
            self._recorded.put(chosen)
            self._last = chosen
        self._account(picture, shown)
        return True

    def _account(self, picture: MarkedFrame | None, shown: Shown) -> None:
        now_ns = self._clock.now_ns()
        late = self._pacer.advance(now_ns, new=picture is not None)
        self._meter.count("sent")
        self._meter.count(COUNTED[shown])
        if shown is Shown.NEW and picture is not None:
            self._meter.add("latency", now_ns - picture.captured_ns)
            self._settled = True
        elif shown is Shown.HELD:
            self._meter.count("held")
        if late and self._settled:
            self._meter.count("late")

    def run(self, stopping: Event) -> None:
        """Send until the pictures end or the session does."""
        try:
            while not stopping.is_set() and self.turn():
                pass
        finally:
            if self._recorded is not None:
                self._recorded.close()


class RecordLoop:
    """Writes what was sent into a file, at its own pace.

    A disk that is full or slow never stops the sending.

    Attributes:
        trouble: Why the recording stopped and after how long, in one line; None while all is well.
        failure: The same as an error, for the end of the run.
    """

    def __init__(self, pictures: Mailbox[MarkedFrame], sink: FrameSink, clock: Clock) -> None:
        self.trouble: str | None = None
        self.failure: OutputError | None = None
        self._pictures, self._sink, self._clock = pictures, sink, clock
        self._begin_ns: int | None = None
        self._reached_ns = 0

    def turn(self) -> bool:
        """Write one picture if there is one.

        Returns:
            False when no more will come or can be written.
        """
        picture = self._pictures.take(self._clock.now_ns() + IDLE_NS)
        if picture is None:
            return not self._pictures.is_drained
        self._begin_ns = picture.captured_ns if self._begin_ns is None else self._begin_ns
        try:
            self._sink.send(picture)
        except OutputError as error:
            self._failed(error)
        else:
            self._reached_ns = picture.captured_ns - self._begin_ns
        return self.trouble is None

    def _failed(self, error: OutputError) -> None:
        said = str(error)
        if not said.startswith(STOPPED):
            said = f"{STOPPED} after {self._reached_ns / NS_PER_S:.1f} s: {said}"
        self.trouble, self.failure = said, OutputError(said, **error.remedy)

    def run(self, stopping: Event) -> None:
        """Write until the sending has ended, including what was sent last."""
        while self.turn():
            pass
