"""Faces that move in known ways, for the tracker and its filters."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_S
from livecam.core.face import FaceBox, FaceMesh, Points
from livecam.core.fakes import FakeFinder
from livecam.core.frame import Frame
from livecam.core.topology import CANONICAL
from livecam.video.tracking.smoothing import to_rotation

SIZE_WH = (1280, 720)
EYES_PX = 120.0
RATE_HZ = 30


def posed(x: float = 640, y: float = 360, yaw_rad: float = 0, eyes_px: float = EYES_PX) -> Points:
    """The mean face at a place, turned."""
    turned = CANONICAL @ to_rotation(np.float32([0, yaw_rad, 0])).T
    return np.asarray(turned * eyes_px + np.array([x, y, 0]), np.float32)


def path(place: Callable[[float], Points], count: int, rate_hz: float = RATE_HZ) -> list[FaceMesh]:
    """Meshes along a path; `place` takes seconds."""
    return [FaceMesh(place(i / rate_hz), 1.0, round(i * NS_PER_S / rate_hz)) for i in range(count)]


def noisy(meshes: Sequence[FaceMesh], seed: int = 0) -> list[FaceMesh]:
    """What a network makes of them: 0.3 % of the eye distance of noise on each point, 0.1 % common to all."""
    rng = np.random.default_rng(seed)
    own, common = 0.003 * EYES_PX, 0.001 * EYES_PX
    return [
        FaceMesh(
            (m.points + rng.normal(0, own, m.points.shape) + rng.normal(0, common, (1, 3))).astype(np.float32),
            m.score,
            m.seen_ns,
        )
        for m in meshes
    ]


def stack(meshes: Sequence[FaceMesh]) -> NDArray[np.float32]:
    """Points of all meshes, (n, 468, 2)."""
    return np.array([m.points[:, :2] for m in meshes])


def frame(seq: int) -> Frame:
    """A black frame of its time."""
    return Frame(np.zeros((SIZE_WH[1], SIZE_WH[0], 3), np.uint8), round(seq * NS_PER_S / RATE_HZ), seq)


class MoodyFinder(FakeFinder):
    """A finder with a mesh network that answers from a script: seq -> (points, score) instead of the truth."""

    def __init__(
        self,
        faces: Sequence[Sequence[Points]],
        moods: dict[int, tuple[Points, float]] | None = None,
        blind: range = range(0),
    ) -> None:
        """`blind`: frames in which the detector sees nothing. `looks` records whether each detection was quick."""
        super().__init__(faces)
        self.looks: list[bool] = []
        self._moods, self._blind = moods or {}, blind

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        found = super().detect(frame, quick)
        self.looks.append(quick)
        return [] if frame.seq in self._blind else found

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        if frame.seq in self._moods:
            points, score = self._moods[frame.seq]
            return FaceMesh(points, score, frame.captured_ns)
        return super().mesh(frame, hint)
