"""Fakes of networks that look at faces, scripted by data."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from livecam.core.errors import EngineError
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh, Points
from livecam.core.frame import Frame, Pixels
from livecam.core.segmentation import CLASS_COUNT, HeadClass, HeadParts
from livecam.core.topology import CANONICAL


def fake_face_points(centre_xy: tuple[float, float], eye_distance_px: float) -> Points:
    """Return the mean face (468, 3) float32, frontal, at `centre_xy`."""
    return np.asarray(CANONICAL * eye_distance_px + np.array([*centre_xy, 0]), np.float32)


class FakeSegmenter:
    """Segments an ellipse around the mesh as head, and what is below it as body.

    `script` has other answers for the first calls: shares (6, n, n), an error to raise, or None for the usual one.
    """

    _SIDE = 80

    def __init__(self, script: Sequence[NDArray[np.float32] | EngineError | None] = ()) -> None:
        self.closed = False
        self.looks = 0
        self._script = list(script)

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return the next answer of the script, then the usual one."""
        answer = self._script[self.looks] if self.looks < len(self._script) else None
        self.looks += 1
        if isinstance(answer, EngineError):
            raise answer
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        side = float(np.max(high - low)) * 2.7
        scale = np.float32(self._SIDE / side)
        corner = (low + high) / 2 - side / 2
        to_map = np.array([[scale, 0, -corner[0] * scale], [0, scale, -corner[1] * scale]], np.float32)
        return HeadParts(self._usual() if answer is None else answer, to_map)

    def _usual(self) -> NDArray[np.float32]:
        rows, columns = np.mgrid[0 : self._SIDE, 0 : self._SIDE].astype(np.float32)
        middle = self._SIDE / 2
        head = ((columns - middle) / 20) ** 2 + ((rows - middle + 4) / 24) ** 2 < 1
        body = ~head & (rows > middle + 16) & (np.abs(columns - middle) < 8 + 2.0 * (rows - middle - 16))
        shares = np.zeros((CLASS_COUNT, self._SIDE, self._SIDE), np.float32)
        shares[HeadClass.HEAD], shares[HeadClass.CLOTHES] = head, body
        shares[HeadClass.BACKGROUND] = ~head & ~body
        return shares

    def close(self) -> None:
        """Free nothing."""
        self.closed = True


class FakeFinder:
    """Finds the given faces: `faces[seq]` lists the meshes of that frame.

    Later frames repeat the last. With `faces` empty it finds one steady face in the middle of every frame.
    """

    def __init__(self, faces: Sequence[Sequence[Points]] = ()) -> None:
        self.faces = list(faces)
        self.closed = False
        self.detections = 0

    def _points(self, frame: Frame) -> Sequence[Points]:
        if not self.faces:
            width, height = frame.size_wh
            return [fake_face_points((width / 2, height * 0.42), height * 0.18)]
        return self.faces[min(frame.seq, len(self.faces) - 1)]

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return boxes of the faces given for this frame."""
        self.detections += 1
        return [_box(points) for points in self._points(frame)]

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return no faces, or those given for this frame."""
        return []

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the face nearest to the hint, score 0 when none is within its width."""
        left, top, right, bottom = hint.box_xyxy
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        near = min(self._points(frame), key=lambda p: _distance(p, centre), default=None)
        if near is None or _distance(near, centre) > right - left:
            lost = hint.points if isinstance(hint, FaceMesh) else fake_face_points((0, 0), 1)
            return FaceMesh(lost, 0.0, frame.captured_ns)
        return FaceMesh(near, 1.0, frame.captured_ns)

    def close(self) -> None:
        """Do nothing: it holds no resource."""
        self.closed = True


def _distance(points: Points, centre: Points) -> float:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    return float(np.linalg.norm((low + high) / 2 - centre))


def _box(points: Points) -> FaceBox:
    low, high = points[:, :2].min(0), points[:, :2].max(0)
    five = [points[[33, 133], :2].mean(0), points[[362, 263], :2].mean(0), *points[[1, 61, 291], :2]]
    return FaceBox(np.concatenate([low, high]).astype(np.float32), np.array(five, np.float32), 0.99)
