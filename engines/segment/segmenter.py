"""Tell a head and its hair from body and room, with our own network."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.network import Network
from engines.segment.square import INPUT_PX, OUTPUT_PX, fit_head_square, matrix_to_square
from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.segmentation import CLASS_COUNT, HeadParts

PACKAGE: Final = "engines.segment"
_SIZE: Final = (INPUT_PX, INPUT_PX)
_PLANES: Final = 5
_SHIFT: Final = 4


class OnnxHeadSegmenter:
    """The network over upright squares.

    Colours, the head of the look before, and the mesh's oval.
    """

    def __init__(self, network: Network) -> None:
        """Take over the network."""
        self._network = network
        self._blob = np.zeros((1, _PLANES, INPUT_PX, INPUT_PX), np.float32)
        self._oval = np.zeros(_SIZE, np.uint8)

    def segment(self, pixels: Pixels, points: Points, last: NDArray[np.float32] | None = None) -> HeadParts:
        """Return what is where in a square of 2.7 face heights round the head.

        Args:
            pixels: (h, w, 3) BGR.
            points: (468, 2 or 3) mesh in its pixels.
            last: (n, n) 0..1 where the head was in its own square in the look before, if there was one.

        Raises:
            EngineError: The network failed or is closed.
        """
        square = fit_head_square(points, points[topology.OVAL])
        matrix = matrix_to_square(square)
        way = cv2.INTER_AREA if square.side_px > INPUT_PX else cv2.INTER_LINEAR
        crop = cv2.warpAffine(pixels, matrix, _SIZE, flags=way, borderMode=cv2.BORDER_REPLICATE)
        self._blob[0, :3] = crop.transpose(2, 0, 1)
        self._blob[0, 3] = 0 if last is None else cv2.resize(last, _SIZE) * np.float32(255)
        self._blob[0, 4] = self._draw_oval(points, matrix)
        answer = self._network.run({"seen": self._blob})[0]
        shares = np.asarray(answer[0].reshape(CLASS_COUNT, OUTPUT_PX, OUTPUT_PX), np.float32)
        return HeadParts(shares, _to_output(matrix))

    def _draw_oval(self, points: Points, matrix: NDArray[np.float32]) -> NDArray[np.uint8]:
        oval = points[topology.OVAL, :2] @ matrix[:, :2].T + matrix[:, 2]
        self._oval.fill(0)
        cv2.fillPoly(self._oval, [np.round(oval * (1 << _SHIFT)).astype(np.int32)], 255, cv2.LINE_AA, _SHIFT)
        return self._oval

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._network.close()


def _to_output(matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the matrix to the planes that the network answers with."""
    share = np.float32(OUTPUT_PX / INPUT_PX)
    scaled = matrix * share
    scaled[:, 2] += (share - 1) / 2
    return np.asarray(scaled, np.float32)


def open_segmenter(threads: int = 1) -> OnnxHeadSegmenter:
    """Return the segmenter with the shipped weights.

    Run once so that the first frame is not slow.

    Raises:
        EngineError: The weights are missing or broken.
    """
    segmenter = OnnxHeadSegmenter(Network.open_shipped("segment", threads, PACKAGE))
    middle = topology.CANONICAL * np.float32(60) + np.float32(128)
    segmenter.segment(np.zeros((256, 256, 3), np.uint8), middle)
    return segmenter
