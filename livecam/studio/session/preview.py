"""The newest picture that went out, shrunk, as JPEG, only when it is asked for.

In the session's process.
"""

import socket
from dataclasses import dataclass
from threading import Event, Thread
from typing import Final

import cv2

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.frame import MarkedFrame
from livecam.core.ports import FrameSink
from livecam.core.priority import lower_priority
from livecam.studio.session.picture_head import HEAD

SIZE_WH: Final = (640, 360)
RATE_HZ: Final = 15
_QUALITY: Final = 80
_LOOK_S: Final = 0.004


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture and when it was handed to the sink."""

    picture: MarkedFrame
    number: int


class TapSink:
    """A sink that remembers the last marked picture which went out.

    Nothing else is ever shown.

    It stands in front of the session's own sink and hides nothing of it.
    """

    def __init__(self, sink: FrameSink) -> None:
        self._sink, self._number = sink, 0
        self.last: Seen | None = None

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

    def close(self) -> None:
        """Close the sink."""
        self._sink.close()


class Preview:
    """Answers every byte on a socket with the next new picture.

    A thread of its own, at low priority.
    """

    def __init__(self, tap: TapSink, line: socket.socket, clock: Clock) -> None:
        self._tap, self._line, self._clock = tap, line, clock
        self._stopping, self._shown = Event(), 0
        self._next_ns = 0
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
        """Return the next new picture, not sooner than the rate allows."""
        while not self._stopping.is_set():
            seen, now_ns = self._tap.last, self._clock.now_ns()
            if seen is not None and seen.number != self._shown and now_ns >= self._next_ns:
                self._shown, self._next_ns = seen.number, now_ns + NS_PER_S // RATE_HZ
                return seen
            wait_s = max((self._next_ns - now_ns) / NS_PER_S, _LOOK_S)
            self._stopping.wait(min(wait_s, 1.0))
        return None

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
        self._stopping.set()
        self._line.close()
