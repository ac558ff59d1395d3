"""A source without a camera: plain grey pictures at a camera's pace.

It is for a persona that its voice moves.
"""

from typing import Final

import numpy as np

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.frame import Frame

USUAL_WH: Final = (1280, 720)
_GREY: Final = 110


class BlankSource:
    """Stamps a grey picture when it is due, without a device.

    Attributes:
        name: Name for people.
        rate_hz: Pictures per second.
    """

    live = True
    name = "no camera"

    def __init__(self, size_wh: tuple[int, int], rate_hz: float, clock: Clock) -> None:
        self.rate_hz, self._clock = rate_hz, clock
        self._period_ns = round(NS_PER_S / rate_hz)
        pixels = np.full((size_wh[1], size_wh[0], 3), _GREY, np.uint8)
        pixels.flags.writeable = False
        self._pixels, self._seq = pixels, -1
        self._begin_ns: int | None = None
        self._closed = False

    def read(self) -> Frame | None:
        """Wait for the next picture; None once it is closed."""
        if self._closed:
            return None
        now_ns = self._clock.now_ns()
        if self._begin_ns is None:
            self._begin_ns = now_ns
        self._seq = max(self._seq + 1, (now_ns - self._begin_ns) // self._period_ns)
        due_ns = self._begin_ns + self._seq * self._period_ns
        self._clock.sleep_until_ns(due_ns)
        return Frame(self._pixels, due_ns, self._seq)

    def close(self) -> None:
        """End the pictures. Idempotent."""
        self._closed = True
