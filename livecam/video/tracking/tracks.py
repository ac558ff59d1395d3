"""One followed face: its smoothed mesh, and how far it can be trusted."""

from dataclasses import dataclass

import numpy as np

from livecam.core.clock import NS_PER_MS
from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.video.tracking.smoothing import FaceSmoother, SmoothingConfig

EYE_CORNERS, NOSE_AND_MOUTH = ([33, 133], [362, 263]), [1, 61, 291]
FURTHEST_GUESS_NS = 100 * NS_PER_MS


@dataclass(frozen=True, slots=True, eq=False)
class TrackedFace:
    """A followed face: `track_id` stays the same as long as it is not lost."""

    track_id: int
    mesh: FaceMesh


class Track:
    """One followed face: its smoothed mesh and counts.

    It counts how often the mesh was plausible, and how often in a row it was not, or was not confirmed.
    """

    def __init__(self, track_id: int, mesh: FaceMesh, rules: SmoothingConfig) -> None:
        self.track_id = track_id
        self.misses = 0
        self.unconfirmed = 0
        self.believed = 1
        self._predicted: FaceMesh | None = None
        self._predicted_ns = 0
        self._smoother = FaceSmoother(rules)
        self.mesh = self._smoother.update(mesh)

    def accept(self, mesh: FaceMesh, restart: bool = False) -> None:
        """Add the next mesh; `restart` forgets the motion so far."""
        if restart:
            self._smoother.reset()
            self.believed = 0
        self.mesh, self._predicted = self._smoother.update(mesh), None
        self.misses = 0
        self.believed += 1

    def predict(self, captured_ns: int) -> FaceMesh:
        """Return where the face should be now; found once for a time."""
        if self._predicted is None or self._predicted_ns != captured_ns:
            self._predicted = self.mesh.predict(min(captured_ns, self.mesh.seen_ns + FURTHEST_GUESS_NS))
            self._predicted_ns = captured_ns
        return self._predicted


def measure_overlap(a_xyxy: Points, b_xyxy: Points) -> float:
    """Return the intersection over union of two boxes (4,)."""
    # Plain numbers: four of them cost NumPy ten times as much as the arithmetic.
    left, top, right, bottom = a_xyxy.tolist()
    other_left, other_top, other_right, other_bottom = b_xyxy.tolist()
    width = max(min(right, other_right) - max(left, other_left), 0.0)
    common = width * max(min(bottom, other_bottom) - max(top, other_top), 0.0)
    areas = (right - left) * (bottom - top) + (other_right - other_left) * (other_bottom - other_top)
    return float(common / max(areas - common, 1e-6))


def measure_travel(a: FaceMesh, b: FaceMesh) -> float:
    """Return the mean distance of the points of two meshes, in eye distances."""
    return float(np.linalg.norm(b.points - a.points, axis=1).mean()) / max(a.eye_distance_px, 1e-6)


def measure_distance(mesh: FaceMesh, box: FaceBox) -> float:
    """Return the mean distance of the detector's five points to a mesh's.

    It is in eye distances.
    """
    points = mesh.points
    eyes = [points[corners, :2].mean(0) for corners in EYE_CORNERS]
    five = np.stack([*eyes, *points[NOSE_AND_MOUTH, :2]])
    return float(np.linalg.norm(box.points - five, axis=1).mean()) / max(mesh.eye_distance_px, 1e-6)
