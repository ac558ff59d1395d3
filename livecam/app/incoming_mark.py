"""Look for livecam's own mark in a clip that is replayed.

The new mark would otherwise hide what the old one says.
"""

from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.disclosure.picture_reader import MarkReader, MarkReading


class IncomingMark:
    """Reads the mark of a clip from its first windows.

    Attributes:
        said: Its complete messages; none in a clip without a mark.
    """

    def __init__(self, windows: int = 2) -> None:
        """Set how many windows of eight seconds are read."""
        self._reader, self._left = MarkReader(searches=0), windows
        self._marked = False
        self.said: tuple[MarkPayload, ...] = ()

    def add(self, pixels: Pixels, captured_ns: int) -> None:
        """Add the next picture, (h, w, 3) uint8 BGR."""
        if self._left > 0 and (reading := self._reader.add(pixels, captured_ns)) is not None:
            self._left -= 1
            self._take(reading)

    def end(self) -> None:
        """Read the rest of a clip that is shorter than a window."""
        if self._left > 0 and (reading := self._reader.finish()) is not None:
            self._take(reading)
        self._left = 0

    def _take(self, reading: MarkReading) -> None:
        self._marked = self._marked or reading.marked
        if reading.marked and reading.payload is not None:
            self.said = tuple(dict.fromkeys((*self.said, reading.payload)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks for the user about the mark that was found."""
        if not self._marked:
            return ()
        sessions = ", ".join(f"{payload.session:04x}" for payload in self.said) or "unknown"
        return (
            f"the clip carries livecam's mark, session {sessions}: a signed file keeps it as ingredient; "
            "in the picture both marks overlap, and a reader finds one of them",
        )
