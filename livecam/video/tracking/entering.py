"""Detect a part of a face where something recently came in at an edge.

The usual detection misses so small a part.
"""

from collections.abc import Sequence

from livecam.core.face import EdgeStrip, FaceBox, Side
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import Track
from livecam.video.tracking.unclear import belongs_to_head


class EdgeWatch:
    """Remembers where something came in, and searches there for a part of a face.

    Attributes:
        doubted: Whether the last detection found something that may be a part of a face.
    """

    def __init__(self, finder: FaceFinder, rules: TrackerConfig) -> None:
        self.doubted = False
        self._finder, self._rules = finder, rules
        self._strips: dict[Side, EdgeStrip] = {}
        self._until_ns = 0

    def unsure(self, captured_ns: int) -> bool:
        """Whether a frame may show a part of a face that no detection has confirmed."""
        return captured_ns < self._until_ns or self.doubted

    def look(self, frame: Frame, entered: Sequence[EdgeStrip], tracks: Sequence[Track]) -> None:
        """Search where something has come in now or shortly before.

        Raises:
            EngineError: The network failed.
        """
        if entered:
            self._until_ns = frame.captured_ns + self._rules.unsure_ns
        elif not self.unsure(frame.captured_ns):
            self._strips = {}
        for strip in entered:
            self._strips[strip.side] = _joined(self._strips.get(strip.side, strip), strip)
        found = self._finder.detect_entering(frame, list(self._strips.values())) if self._strips else []
        self.doubted = any(self._counts(face, frame.captured_ns, tracks) for face in found)

    def _counts(self, face: FaceBox, captured_ns: int, tracks: Sequence[Track]) -> bool:
        """Return whether a detection counts as a part of a face.

        What stays without moving, and is not clearly a face, is a thing that was put there.
        """
        least = self._rules.entering_score if captured_ns < self._until_ns else self._rules.sure_score
        return face.score >= least and not any(belongs_to_head(face, track) for track in tracks)


def _joined(a: EdgeStrip, b: EdgeStrip) -> EdgeStrip:
    """Return the strip that holds both."""
    begin = min(a.begin_px, b.begin_px)
    end = max(a.begin_px + a.length_px, b.begin_px + b.length_px)
    return EdgeStrip(a.side, begin, end - begin)
