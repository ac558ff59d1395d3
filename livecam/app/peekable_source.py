"""A source that reads its first frames ahead."""

from collections import deque
from collections.abc import Sequence

from livecam.core.errors import CameraError
from livecam.core.frame import Frame
from livecam.core.ports import FrameSource
from livecam.devices.media.recorded_source import has_sound, read_remarks


class PeekableSource:
    """A source that reads frames ahead, for their size and who is in them.

    They come out first.
    """

    def __init__(self, source: FrameSource) -> None:
        """Read the first frame.

        Raises:
            CameraError: The source holds none.
        """
        first = source.read()
        if first is None:
            raise CameraError(f"{source.name} holds no pictures", command="livecam devices")
        self.name, self.rate_hz, self.live = source.name, source.rate_hz, source.live
        self.size_wh = first.size_wh
        self._ahead = deque([first])
        self._source = source

    def look_ahead(self, count: int) -> Sequence[Frame]:
        """Return the next `count` frames, or as many as there are.

        Those of a clip are read again afterwards, those of a camera are not.

        Raises:
            CameraError: The device is gone.
        """
        while len(self._ahead) < count and (frame := self._source.read()) is not None:
            self._ahead.append(frame)
        seen = tuple(self._ahead)
        if self.live:
            self._ahead.clear()
        return seen

    @property
    def remarks(self) -> tuple[str, ...]:
        """Remarks about what the source changed or lost so far."""
        return read_remarks(self._source)

    @property
    def has_sound(self) -> bool:
        """Whether the source leaves out sound that comes with its pictures."""
        return has_sound(self._source)

    def read(self) -> Frame | None:
        """Return the frames that were read ahead, then the rest."""
        return self._ahead.popleft() if self._ahead else self._source.read()

    def close(self) -> None:
        """Close the source."""
        self._source.close()
