"""The face finder of livecam: our detector and our mesh network behind one port."""

from collections.abc import Sequence

import numpy as np

from engines.face.crop import square_of_box, square_of_points
from engines.face.detector import Detector, DetectorRules
from engines.face.mesh import MeshReader
from engines.face.network import Network
from livecam.core.face import FaceBox, FaceMesh
from livecam.core.frame import Frame

DETECTOR_THREADS, MESH_THREADS = 1, 1
WORTH_A_SECOND_LOOK = 0.2
WARMUP_SHAPE = (720, 1280, 3)


class OnnxFaceFinder:
    """Finds faces with ONNX Runtime on the CPU; buffers are allocated once per frame size."""

    def __init__(self, detector: Network, mesh: Network, rules: DetectorRules | None = None) -> None:
        self._networks = (detector, mesh)
        self._detector = Detector(detector, rules)
        self._reader = MeshReader.over(mesh)

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """All faces of the whole frame, best score first; a quick look sees half the resolution.

        Raises:
            EngineError: The network failed or is closed.
        """
        return self._detector.find(frame.pixels, quick)

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """The mesh near the hint; a box is only roughly centred, so its face is looked at twice.

        Raises:
            EngineError: The network failed or is closed.
        """
        if isinstance(hint, FaceMesh):
            return self._reader.read(frame.pixels, square_of_points(hint.points), frame.captured_ns)
        first = self._reader.read(frame.pixels, square_of_box(hint.box_xyxy, hint.points), frame.captured_ns)
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
        for network in self._networks:
            network.close()


def open_finder(detector_threads: int = DETECTOR_THREADS, mesh_threads: int = MESH_THREADS) -> OnnxFaceFinder:
    """The finder with the shipped weights, warmed up.

    Raises:
        EngineError: The weights are missing or broken.
    """
    finder = OnnxFaceFinder(Network.shipped("detector", detector_threads), Network.shipped("mesh", mesh_threads))
    finder.warm_up()
    return finder
