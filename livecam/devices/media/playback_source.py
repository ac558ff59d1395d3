"""Play a reel as a live camera would deliver it, at its own pace."""

from threading import Lock

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.frame import Frame
from livecam.devices.media.recorded_source import RecordedSource, ReelSource


class PlaybackSource(ReelSource):
    """A source that stamps pictures when due and drops those not read in time.

    It decodes before the wait, so decoding costs nothing after the stamp. It drops a picture, with a gap in `seq`,
    when the next one was due before `read` was called.
    """

    live = True

    def __init__(self, reel: RecordedSource, clock: Clock, *, loop: bool = False) -> None:
        super().__init__(reel)
        self._clock, self._loop = clock, loop
        self._period_ns = round(NS_PER_S / reel.rate_hz)
        self._start_ns: int | None = None
        self._last_due_ns = 0
        self._seq = -1
        self._closed = False
        self._in_use = Lock()

    def read(self) -> Frame | None:
        """Wait for the next picture that is due.

        It is None when the reel has ended or was closed.

        Raises:
            CameraError: This picture cannot be read; the next one may.
        """
        with self._in_use:
            try:
                return None if self._closed else self._read()
            finally:
                if self._closed:
                    self._reel.close()

    def _read(self) -> Frame | None:
        came_ns = self._clock.now_ns()
        while (due_ns := self._step(came_ns)) is not None:
            if due_ns + self._period_ns > came_ns:
                pixels = self._reel.retrieve()
                self._clock.sleep_until_ns(due_ns)
                return Frame(pixels, due_ns, self._seq)
        return None

    def _step(self, came_ns: int) -> int | None:
        """Grab the next picture; return when it is due on the clock, or None at the end.

        What was due before `came_ns` need not be decoded.
        """
        self._seq += 1
        reel_ns = self._reel.grab(0 if self._start_ns is None else max(0, came_ns - self._start_ns))
        if reel_ns is None and self._loop and self._start_ns is not None:
            self._reel.rewind()
            self._start_ns = self._last_due_ns + self._period_ns
            reel_ns = self._reel.grab()
        if reel_ns is None:
            return None
        if self._start_ns is None:
            self._start_ns = self._clock.now_ns() - reel_ns
        self._last_due_ns = self._start_ns + reel_ns
        return self._last_due_ns

    def close(self) -> None:
        """Close the reel.

        A `read` at work in another thread closes it when it returns, because a decoder needs its file.
        """
        self._closed = True
        if self._in_use.acquire(blocking=False):
            self._reel.close()
            self._in_use.release()
