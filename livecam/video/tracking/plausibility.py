"""Check that a mesh is plausible.

A wrong one would be drawn next to the face and leave it bare.
"""

from dataclasses import dataclass
from math import hypot, log, sqrt

import numpy as np

from livecam.core.clock import NS_PER_S
from livecam.core.face import FaceMesh, Points
from livecam.core.frame import Frame
from livecam.core.ports import FaceFinder
from livecam.core.pose import RIGIDITY, Pose, find_pose, fit_pose
from livecam.core.topology import CANONICAL

LOOKS_TO_SETTLE, SETTLED_SHIFT, SETTLED_GROWTH = 3, 0.12, 1.15


@dataclass(frozen=True, slots=True)
class MeshLimits:
    """Limits of a plausible mesh.

    Attributes:
        min_score: Least presence.
        min_eye_distance_px: Smaller faces are not followed.
        min_inside: Least share of the points inside the picture.
        max_misfit: Root mean square distance from the mean face in its own frame, eye distances; real faces of any
            expression stay under half of it.
        max_step: Eye distances the middle may move beyond the prediction within a frame of 1/30 s.
        max_growth: Factor by which the scale may change within a frame of 1/30 s.
    """

    min_score: float = 0.5
    min_eye_distance_px: float = 8.0
    min_inside: float = 0.6
    max_misfit: float = 0.2
    max_step: float = 0.8
    max_growth: float = 1.3


def settle_mesh(finder: FaceFinder, frame: Frame, hint: FaceMesh, limits: MeshLimits) -> FaceMesh | None:
    """Return the mesh near the hint after a second pass at its own place.

    The network was trained on faces in the middle of its crop. At a crop's edge it guesses what it does not see.

    Returns:
        None if there is no mesh.

    Raises:
        EngineError: A network failed.
    """
    for _ in range(LOOKS_TO_SETTLE):
        mesh = finder.mesh(frame, hint)
        if find_mesh_fault(mesh, frame.size_wh, limits) is not None:
            return None
        if is_same_place(mesh, hint):
            return mesh
        hint = mesh
    return None


def is_same_place(a: FaceMesh, b: FaceMesh) -> bool:
    """Whether two meshes are so close that a crop around either shows the same."""
    (low_a, high_a), (low_b, high_b) = a.box_xyxy.reshape(2, 2), b.box_xyxy.reshape(2, 2)
    size_a, size_b = float(np.max(high_a - low_a)), float(np.max(high_b - low_b))
    shift = float(np.linalg.norm(low_a + high_a - low_b - high_b)) / 2
    smaller, larger = sorted((size_a, size_b))
    return shift <= SETTLED_SHIFT * larger and larger <= SETTLED_GROWTH * smaller


def find_mesh_fault(mesh: FaceMesh, size_wh: tuple[int, int], limits: MeshLimits) -> str | None:
    """Return what is wrong with a mesh in a picture of this size.

    None if nothing is.
    """
    if not np.isfinite(mesh.points).all() or not mesh.score >= limits.min_score:
        return "no face in the mesh"
    low, high = mesh.box_xyxy[:2], mesh.box_xyxy[2:]
    if mesh.eye_distance_px < limits.min_eye_distance_px or np.min(high - low) <= 0:
        return "face too small"
    if _share_inside(mesh, size_wh) < limits.min_inside:
        return "face leaves the picture"
    if measure_misfit(mesh.points, find_pose(mesh)) > limits.max_misfit:
        return "mesh is not face-shaped"
    return None


def _share_inside(mesh: FaceMesh, size_wh: tuple[int, int]) -> float:
    """Return the share of the points inside the picture."""
    left, top, right, bottom = mesh.box_xyxy.tolist()
    if left >= 0 and top >= 0 and right < size_wh[0] and bottom < size_wh[1]:
        return 1.0
    return float(((mesh.points[:, :2] >= 0) & (mesh.points[:, :2] < size_wh)).all(1).mean())


def measure_misfit(points: Points, pose: Pose | None = None) -> float:
    """Return the distance of points (468, 3) from the mean face in their best pose.

    It is a weighted root mean square, in eye distances.
    """
    away = (pose or fit_pose(points)).undo(points) - CANONICAL
    return float(np.sqrt((away**2).sum(1) @ RIGIDITY))


def find_jump(mesh: FaceMesh, expected: FaceMesh, limits: MeshLimits) -> str | None:
    """Return what is wrong with a mesh as successor of a face.

    The face was last seen at `expected.seen_ns`, and predicted for now.
    """
    frames = max(1.0, (mesh.seen_ns - expected.seen_ns) / NS_PER_S * 30)
    unit = max(expected.eye_distance_px, mesh.eye_distance_px)
    middle, expected_middle = _middle(mesh.points), _middle(expected.points)
    across, down, _ = (middle - expected_middle).tolist()
    if hypot(across, down) / unit > limits.max_step * frames:
        return "face jumped"
    growth = _size(mesh.points, middle) / _size(expected.points, expected_middle)
    # By logarithms: after a camera was away for minutes the power is more than a number holds.
    if abs(log(growth)) > frames * log(limits.max_growth):
        return "face changed its size"
    return None


def _middle(points: Points) -> Points:
    return np.asarray(points.sum(0) / np.float32(len(points)), np.float32)


def _size(points: Points, middle: Points) -> float:
    away = points - middle
    return sqrt(float(np.vdot(away, away)) / len(points))
