"""Look for livecam's own mark in a clip that is replayed, so that what it said is not lost under the new one."""

from livecam.core.frame import Pixels
from livecam.core.payload import MarkPayload
from livecam.disclosure.picture_reader import MarkReader, MarkReading


class IncomingMark:
    """What the mark of a clip says, from its first windows.

    Attributes:
        said: Its messages that were whole; none in a clip without.
    """

    def __init__(self, windows: int = 2) -> None:
        """`windows`: how many stretches of eight seconds are looked at."""
        self._reader, self._left = MarkReader(searches=0), windows
        self._marked = False
        self.said: tuple[MarkPayload, ...] = ()

    def add(self, pixels: Pixels, captured_ns: int) -> None:
        """Take in the next picture, (h, w, 3) uint8 BGR."""
        if self._left > 0 and (reading := self._reader.add(pixels, captured_ns)) is not None:
            self._left -= 1
            self._take(reading)

    def end(self) -> None:
        """Read what is left of a clip shorter than a window."""
        if self._left > 0 and (reading := self._reader.finish()) is not None:
            self._take(reading)
        self._left = 0

    def _take(self, reading: MarkReading) -> None:
        self._marked = self._marked or reading.marked
        if reading.marked and reading.payload is not None:
            self.said = tuple(dict.fromkeys((*self.said, reading.payload)))

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a person should know of it."""
        if not self._marked:
            return ()
        sessions = ", ".join(f"{payload.session:04x}" for payload in self.said) or "unknown"
        return (
            f"the clip carries livecam's mark, session {sessions}: a signed file keeps it as ingredient; "
            "in the picture the new mark covers it",
        )
