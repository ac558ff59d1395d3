"""The newest picture that went out, shrunk, as JPEG, only when it is asked for.

In the session's process.
"""

import socket
from contextlib import suppress
from dataclasses import dataclass
from threading import Lock, Thread
from typing import Final

import cv2

from livecam.core.clock import NS_PER_MS, NS_PER_S, Clock
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FrameSink
from livecam.core.priority import lower_priority
from livecam.studio.session.picture_head import HEAD

SIZE_WH: Final = (640, 360)
RATE_HZ: Final = 15
_QUALITY: Final = 80
_EARLY_NS: Final = 10 * NS_PER_MS
"""A picture that comes so much before its turn is taken: the next one would come a whole period after it."""
_LOOK_S: Final = 1.0


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture and when it was handed to the sink."""

    picture: MarkedFrame
    number: int


class Bell:
    """Wakes a thread; to ring it never waits for that thread, whatever it is at."""

    def __init__(self) -> None:
        self._silent = Lock()
        self._silent.acquire()

    def ring(self) -> None:
        """Wake the thread, or let its next wait end at once."""
        with suppress(RuntimeError):  # it has rung already
            self._silent.release()

    def wait(self, timeout_s: float) -> None:
        """Wait until it rings, or so long."""
        self._silent.acquire(timeout=timeout_s)


class TapSink:
    """A sink that remembers the last marked picture which went out.

    Nothing else is ever shown. It stands in front of the session's own sink and hides nothing of it.

    Attributes:
        last: That picture; None before the first.
        bells: Each rings after every picture.
    """

    def __init__(self, sink: FrameSink) -> None:
        self._sink, self._number = sink, 0
        self.last: Seen | None = None
        self.bells: tuple[Bell, ...] = ()

    def __getattr__(self, name: str) -> object:
        return getattr(self._sink, name)

    @property
    def name(self) -> str:
        """The sink's name."""
        return self._sink.name

    @property
    def size_wh(self) -> tuple[int, int]:
        """The sink's size."""
        return self._sink.size_wh

    def send(self, frame: MarkedFrame) -> None:
        """Hand the picture on, and remember it."""
        self._sink.send(frame)
        self._number += 1
        self.last = Seen(frame, self._number)
        for bell in self.bells:
            bell.ring()

    def close(self) -> None:
        """Close the sink."""
        self._sink.close()


class Preview:
    """Answers every byte on a socket with the next new picture.

    A thread of its own, at low priority.
    """

    def __init__(self, tap: TapSink, line: socket.socket, clock: Clock) -> None:
        self._tap, self._line, self._clock = tap, line, clock
        self._stopping, self._begun_ns = False, clock.now_ns() - NS_PER_S
        self._bell = Bell()
        tap.bells += (self._bell,)
        Thread(target=self._run, name="livecam-preview", daemon=True).start()

    def _run(self) -> None:
        lower_priority()
        try:
            while self._line.recv(1):
                seen = self._wait()
                if seen is None:
                    return
                self._line.sendall(self._encoded(seen))
        except OSError:
            return  # the studio has gone; the session ends by itself

    def _wait(self) -> Seen | None:
        """Return the next picture that goes out, not sooner than the rate allows.

        None at the end.

        One that went out before the question is not taken: waiting for the next one gives a newer picture.
        """
        before = self._tap.last
        while not self._stopping:
            self._bell.wait(_LOOK_S)
            seen = self._tap.last
            if seen is not None and seen is not before and self._is_due():
                return seen
        return None

    def _is_due(self) -> bool:
        now_ns = self._clock.now_ns()
        if now_ns < self._begun_ns + NS_PER_S // RATE_HZ - _EARLY_NS:
            return False
        self._begun_ns = now_ns
        return True

    def _encoded(self, seen: Seen) -> bytes:
        pixels = seen.picture.pixels
        scale = min(SIZE_WH[0] / pixels.shape[1], SIZE_WH[1] / pixels.shape[0], 1.0)
        size_wh = max(round(pixels.shape[1] * scale), 2), max(round(pixels.shape[0] * scale), 2)
        small = cv2.resize(pixels, size_wh, interpolation=cv2.INTER_LINEAR_EXACT if scale >= 0.5 else cv2.INTER_AREA)
        done, jpeg = cv2.imencode(".jpg", small, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))
        data = jpeg.tobytes() if done else b""
        captured_ns = max(seen.picture.captured_ns, 0)
        return HEAD.pack(seen.number, captured_ns, self._clock.now_ns(), *size_wh, len(data)) + data

    def close(self) -> None:
        """Stop; idempotent."""
        self._stopping = True
        self._bell.ring()
        self._line.close()
