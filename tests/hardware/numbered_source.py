"""A camera with numbered pictures, so that a program at the other end can identify them."""

from livecam.core.frame import Frame
from livecam.core.ports import FrameSource
from livecam.doctor.timecode import write_at_edge


class NumberedSource:
    """Another source, with each picture's number written at its lower edge; `captured_ns` goes by that number."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.name, self.rate_hz, self.live = source.name, source.rate_hz, source.live
        self.captured_ns: list[int] = []

    def read(self) -> Frame | None:
        frame = self._source.read()
        if frame is None:
            return None
        pixels = frame.pixels.copy()
        write_at_edge(pixels, len(self.captured_ns))
        self.captured_ns.append(frame.captured_ns)
        return Frame(pixels, frame.captured_ns, frame.seq)

    def close(self) -> None:
        self._source.close()
