"""Follow faces from frame to frame: when to detect, what to trust, and where a face is at any moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.video.plausible import MeshLimits, complaint, jump
from livecam.video.smooth import FaceSmoother, SmoothRules


@dataclass(frozen=True, slots=True)
class TrackRules:
    """Limits of the tracker.

    Attributes:
        all_faces: Follow every face; otherwise one, and two are trouble.
        detect_every: Frames between two looks at the whole picture while a face is followed.
        min_score: Presence below which a mesh is not believed.
        sure_score: A detection this sure is a face even if its mesh is not believed.
        same_face: Overlap (intersection over union) above which two boxes are one face.
        patience: Looks in a row without a believable mesh after which a face is lost.
        unconfirmed: Detections in a row that do not see a followed face after which it is lost.
        calm: Looks in a row without a second face after which one face may be shown again.
        max_faces: Faces followed at once.
        limits: What a mesh must keep to; its `min_score` is the one above.
        smooth: How meshes are smoothed.
    """

    all_faces: bool = False
    detect_every: int = 5
    min_score: float = 0.5
    sure_score: float = 0.8
    same_face: float = 0.3
    patience: int = 4
    unconfirmed: int = 6
    calm: int = 5
    max_faces: int = 6
    limits: MeshLimits = field(default_factory=MeshLimits)
    smooth: SmoothRules = field(default_factory=SmoothRules)


@dataclass(frozen=True, slots=True, eq=False)
class Tracked:
    """A followed face: `track_id` stays the same as long as it is not lost."""

    track_id: int
    mesh: FaceMesh


class _Track:
    """One face: its smoothed mesh and how often in a row it was not believed or not confirmed."""

    def __init__(self, track_id: int, mesh: FaceMesh, rules: SmoothRules) -> None:
        self.track_id = track_id
        self.misses = 0
        self.unseen = 0
        self._smoother = FaceSmoother(rules)
        self.mesh = self._smoother.update(mesh)

    def accept(self, mesh: FaceMesh, anew: bool = False) -> None:
        """Take the next mesh; `anew` forgets the motion so far."""
        if anew:
            self._smoother.reset()
        self.mesh = self._smoother.update(mesh)
        self.misses = 0


class FaceTracker:
    """Smoothed meshes of the faces that are followed.

    Attributes:
        seen_ns: `captured_ns` of the frame all followed faces were last found in; None without a track.
        trouble: Why nothing may be shown although faces are there ("two faces"), or None.
    """

    def __init__(self, finder: FaceFinder, rules: TrackRules) -> None:
        self.seen_ns: int | None = None
        self.trouble: str | None = None
        self._finder, self._rules = finder, rules
        self._limits = MeshLimits(**{k: getattr(rules.limits, k) for k in rules.limits.__slots__})
        self._tracks: list[_Track] = []
        self._since_detect = 0
        self._calm = rules.calm
        self._next_id = 0
