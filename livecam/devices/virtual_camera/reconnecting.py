"""Continue when a virtual camera is removed, and use it again when it is back."""

from collections.abc import Callable
from threading import Lock

from livecam.core.clock import NS_PER_MS, Clock
from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FrameSink
from livecam.devices.checks import check_frame

_RETRY_NS = 500 * NS_PER_MS


class ReconnectingSink:
    """A sink that is opened again, at most twice a second, after it has failed.

    Attributes:
        trouble: Why pictures are dropped at present, in one line; None while they arrive.
        dropped: Pictures that were not delivered.
    """

    def __init__(self, open_sink: Callable[[], FrameSink], clock: Clock) -> None:
        """Open it for the first time.

        Raises:
            OutputError: What opening raises; only a sink that was open once is retried.
        """
        self._open_sink, self._clock = open_sink, clock
        self._sink: FrameSink | None = open_sink()
        self.name, self.size_wh = self._sink.name, self._sink.size_wh
        self.trouble: str | None = None
        self.dropped = 0
        self._retry_ns = 0
        self._closed = False
        self._in_use = Lock()

    def send(self, frame: MarkedFrame) -> None:
        """Send the picture, or drop and count it while the device is gone.

        Raises:
            OutputError: The sink is closed.
        """
        check_frame(frame, self.size_wh)
        with self._in_use:
            if self._closed:
                raise OutputError(f"{self.name} is closed", advice="open it again")
            try:
                self._reopen().send(frame)
                self.trouble = None
            except OutputError as error:
                self.dropped += 1
                self.trouble = str(error)
                self._release()
            if self._closed:
                self._release()

    def _reopen(self) -> FrameSink:
        """Return the sink; search for it at most twice a second."""
        if self._sink is None:
            if self._clock.now_ns() < self._retry_ns:
                raise OutputError(self.trouble or f"{self.name} is gone", command="livecam doctor")
            self._retry_ns = self._clock.now_ns() + _RETRY_NS
            self._sink = self._open_sink()
        return self._sink

    def _release(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None

    def close(self) -> None:
        """Close it; while another thread sends, that thread does so."""
        self._closed = True
        if self._in_use.acquire(blocking=False):
            self._release()
            self._in_use.release()
