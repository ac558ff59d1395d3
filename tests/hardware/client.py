"""A program that watches the virtual camera, as a meeting client would, and reads the numbers in its pictures."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS, NS_PER_S, SystemClock
from livecam.core.frame import MarkedFrame, Pixels
from livecam.core.ports import FrameSink
from livecam.disclosure.picture import Marker
from livecam.doctor.timecode import read_number, write_number
from tests.hardware.figures import Seen

CLOCK = SystemClock()


def numbered(marker: Marker, size_wh: tuple[int, int], number: int) -> MarkedFrame:
    """A grey picture with its number in it."""
    pixels = np.full((size_wh[1], size_wh[0], 3), 90, np.uint8)
    write_number(pixels, number)
    return marker.mark(pixels, CLOCK.now_ns(), number)


def until(true, within_s: float) -> bool:
    """Whether it came true in time."""
    deadline_ns = CLOCK.now_ns() + int(within_s * NS_PER_S)
    while not true():
        if CLOCK.now_ns() > deadline_ns:
            return False
        CLOCK.sleep_until_ns(CLOCK.now_ns() + 5 * NS_PER_MS)
    return True


@contextmanager
def sending(sink: FrameSink, rate_hz: float) -> Iterator[None]:
    """Numbered pictures go out all the time inside the block, as from a session."""
    marker, ending = Marker(sink.size_wh), threading.Event()

    def send() -> None:
        number = 0
        while not ending.is_set():
            number += 1
            sink.send(numbered(marker, sink.size_wh, number))
            CLOCK.sleep_until_ns(CLOCK.now_ns() + int(NS_PER_S / rate_hz))

    thread = threading.Thread(target=send, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join(30)


class Client:
    """Reads a device in a thread from the moment the block is entered.

    Attributes:
        numbers: What `number_of` found in each picture.
        judged: What `judge` said of each picture.
        arrived_ns: When each was in hand.
        sizes_wh: All sizes seen.
        newest: The last picture.
    """

    def __init__(
        self,
        path: Path,
        number_of: Callable[[Pixels], int | None] = read_number,
        judge: Callable[[Pixels], bool] = lambda _: True,
    ) -> None:
        self.path, self._number_of, self._judge = path, number_of, judge
        self.judged: list[bool] = []
        self.numbers: list[int | None] = []
        self.arrived_ns: list[int] = []
        self.sizes_wh: set[tuple[int, int]] = set()
        self.newest: Pixels = np.zeros((1, 1, 3), np.uint8)
        self._going = threading.Event()
        self._paused = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._going.set()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._going.clear()
        self._thread.join(60)

    @property
    def seen(self) -> list[Seen]:
        """All of it, picture by picture."""
        return list(zip(self.numbers, self.arrived_ns, self.judged, strict=False))

    def pause(self, on: bool) -> None:
        (self._paused.set if on else self._paused.clear)()

    def _watch(self) -> None:
        capture = cv2.VideoCapture(int(self.path.name.removeprefix("video")), cv2.CAP_V4L2)
        while self._going.is_set():
            # No picture within OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT, or a device that lets no one in.
            good, pixels = (False, self.newest) if self._paused.is_set() else capture.read()
            if not good:
                CLOCK.sleep_until_ns(CLOCK.now_ns() + 5 * NS_PER_MS)
            else:
                self.arrived_ns.append(CLOCK.now_ns())
                self.sizes_wh.add((pixels.shape[1], pixels.shape[0]))
                self.newest = pixels
                self.judged.append(self._judge(pixels))
                self.numbers.append(self._number_of(pixels))
        capture.release()
