"""The first screen as a source of pictures, to watch a meeting."""

from typing import Final

import mss
import numpy as np
from mss.exception import ScreenShotError

from livecam.core.clock import NS_PER_S, Clock
from livecam.core.errors import CameraError
from livecam.core.files.errors import reason_of
from livecam.core.frame import Frame

RATE_HZ: Final = 15.0
_NO_SCREEN = (
    "run it where the meeting is shown; on Wayland in a session with X, or record the screen and verify the file"
)


class ScreenSource:
    """Pictures of the first screen, at most RATE_HZ a second."""

    live = True
    name = "the screen"
    rate_hz = RATE_HZ

    def __init__(self, clock: Clock) -> None:
        """Open the screen.

        Raises:
            CameraError: There is none, or it may not be seen.
        """
        self._clock = clock
        self._seq = -1
        self._next_ns = clock.now_ns()
        try:
            self._grabber = mss.MSS()
            self._area = self._grabber.monitors[1]
        except (ScreenShotError, IndexError, OSError) as error:
            raise CameraError(f"there is no screen to watch: {reason_of(error)}", advice=_NO_SCREEN) from error

    def read(self) -> Frame | None:
        """Return the screen as it is when the next picture is due.

        Raises:
            CameraError: The screen is gone.
        """
        self._clock.sleep_until_ns(self._next_ns)
        try:
            shot = self._grabber.grab(self._area)
        except ScreenShotError as error:
            raise CameraError(f"the screen cannot be seen: {error}", advice=_NO_SCREEN) from error
        now_ns = self._clock.now_ns()
        self._next_ns = max(self._next_ns + round(NS_PER_S / RATE_HZ), now_ns)
        self._seq += 1
        pixels = np.frombuffer(shot.bgra, np.uint8).reshape(shot.height, shot.width, 4)
        return Frame(np.ascontiguousarray(pixels[..., :3]), now_ns, self._seq)

    def close(self) -> None:
        """Let go of the screen."""
        self._grabber.close()
