"""The face finder of livecam: our detector and our mesh network behind one port."""

from collections.abc import Sequence

import numpy as np

from engines.face.changes import Cells, GridChanges, to_cells
from engines.face.crop import fit_square_to_box, fit_square_to_points
from engines.face.detector import Detector, DetectorConfig
from engines.face.doubts import Doubts, is_apart
from engines.face.entering import EnteringFaces
from engines.face.mesh import MeshReader
from engines.face.network import Network
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh
from livecam.core.frame import Frame

LARGE_SHARE = 0.16
"""Side of a face, as a share of the picture's longest side, from which a quick look suspects it too."""
EVERY_CHANGE, MOST_SPARE = 3, 3.0
"""Looks from one full look for a change to the next in the long run, and how many may follow each other."""
DETECTOR_THREADS, MESH_THREADS = 1, 1
WORTH_A_SECOND_LOOK = 0.2
WARMUP_SHAPE = (720, 1280, 3)


class OnnxFaceFinder:
    """Finds faces with ONNX Runtime on the CPU.

    Buffers are allocated once per frame size.
    """

    def __init__(self, detector: Network, mesh: Network, rules: DetectorConfig | None = None) -> None:
        self._networks = (detector, mesh)
        self._rules = rules or DetectorConfig()
        self._detector = Detector(detector, self._rules)
        self._entering = EnteringFaces(detector)
        self._doubts, self._changes = Doubts(), GridChanges()
        self._seen: tuple[Frame, list[FaceBox]] | None = None
        self._glanced: tuple[Frame, list[FaceBox], list[FaceBox], Cells] | None = None
        self._known: list[FaceBox] = []
        self._spare = MOST_SPARE
        self._reader = MeshReader.bind(mesh)

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return all faces of the whole frame, best score first.

        A quick look sees less than half the resolution.

        A full look sees both, for large and blurred faces are plainer in the small picture. Where a quick look suspects
        a face without being sure, or something has changed away from the faces since the last full look, the frame is
        looked at in full at once.

        Raises:
            EngineError: The network failed or is closed.
        """
        if not quick:
            return list(self._both(frame))
        sure, unsure, cells = self._glance(frame)
        if not self._doubts.open(frame.pixels, unsure) and not self._changed(cells, sure, frame.size_wh):
            return list(sure)
        found = self._both(frame)
        self._doubts.clear(frame.pixels, unsure, found)
        return list(found)

    def _changed(self, cells: Cells, sure: list[FaceBox], size_wh: tuple[int, int]) -> bool:
        """Whether a change is to be looked at.

        Of changes that do not end, only every third.
        """
        self._spare = min(self._spare + 1 / EVERY_CHANGE, MOST_SPARE)
        if self._spare < 1 or not self._changes.has_change(cells, self._known + sure, size_wh):
            return False
        self._spare -= 1
        return True

    def _glance(self, frame: Frame) -> tuple[list[FaceBox], list[FaceBox], Cells]:
        """Return sure boxes, suspected boxes and the picture in cells, by a quick look."""
        if self._glanced is None or self._glanced[0] is not frame:
            found = self._detector.find(frame.pixels, True, self._rules.suspected, frame.half, frame.quarter)
            sure = [face for face in found if face.score > self._rules.min_score]
            unsure = [f for f in found if f.score <= self._rules.min_score and is_apart(f, sure)]
            self._glanced = frame, sure, unsure, to_cells(self._detector.last_picture)
        return self._glanced[1:]

    def _both(self, frame: Frame) -> list[FaceBox]:
        """Return what a full look and a quick one see in this frame.

        Large faces must be suspected by both.
        """
        if self._seen is None or self._seen[0] is not frame:
            sure, unsure, _ = self._glance(frame)
            large_px = LARGE_SHARE * max(frame.size_wh)
            whole = [
                face
                for face in self._detector.find(frame.pixels, halved=frame.half)
                if side_px(face) < large_px or not is_apart(face, [*sure, *unsure])
            ]
            extra = [face for face in sure if is_apart(face, whole)]
            self._changes.remember(self._glance(frame)[2])
            self._seen = frame, sorted([*whole, *extra], key=lambda face: -face.score)
            self._known = self._seen[1]
        return self._seen[1]

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return faces that are only partly in the picture, in strips along its edges.

        Raises:
            EngineError: The network failed or is closed.
        """
        return [face for strip in strips for face in self._entering.find(frame, strip)]

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the mesh near the hint.

        A box is only roughly centred, so its face is looked at twice.

        Raises:
            EngineError: The network failed or is closed.
        """
        if isinstance(hint, FaceMesh):
            return self._reader.read(frame, fit_square_to_points(hint.points))
        first = self._reader.read(frame, fit_square_to_box(hint.box_xyxy, hint.points))
        return self.mesh(frame, first) if first.score >= WORTH_A_SECOND_LOOK else first

    def warm_up(self) -> None:
        """Run both networks once, so that the first frame is not slow."""
        black = Frame(np.zeros(WARMUP_SHAPE, np.uint8), 0, 0)
        self.detect(black)
        self.detect(black, quick=True)
        half = np.array([320, 180, 960, 540], np.float32)
        self.mesh(
            black, FaceBox(half, np.array([[480, 300], [800, 300], [640, 360], [520, 450], [760, 450]], np.float32), 0)
        )

    def close(self) -> None:
        """Free the networks; may be called twice."""
        self._seen = self._glanced = None
        for network in self._networks:
            network.close()


def side_px(face: FaceBox) -> float:
    """Side of a square of the same area as the box."""
    return float(np.sqrt(np.prod(face.box_xyxy[2:] - face.box_xyxy[:2])))


def open_finder(detector_threads: int = DETECTOR_THREADS, mesh_threads: int = MESH_THREADS) -> OnnxFaceFinder:
    """Return the finder with the shipped weights, warmed up.

    Raises:
        EngineError: The weights are missing or broken.
    """
    finder = OnnxFaceFinder(
        Network.open_shipped("detector", detector_threads), Network.open_shipped("mesh", mesh_threads)
    )
    finder.warm_up()
    return finder
