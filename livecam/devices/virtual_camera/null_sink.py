"""Discard pictures, for measurements."""

from livecam.core.errors import OutputError
from livecam.core.frame import MarkedFrame
from livecam.devices.checks import check_frame


class NullSink:
    """Counts the pictures it receives."""

    name = "null"

    def __init__(self, size_wh: tuple[int, int]) -> None:
        self.size_wh = size_wh
        self.sends = 0
        self._closed = False

    def send(self, frame: MarkedFrame) -> None:
        """Count the picture.

        Raises:
            OutputError: The sink is closed.
        """
        check_frame(frame, self.size_wh)
        if self._closed:
            raise OutputError("the null sink is closed", advice="open it again")
        self.sends += 1

    def close(self) -> None:
        """Accept nothing more."""
        self._closed = True
