"""Look at one face closely.

Cut it out, run the mesh network, carry the points back to the frame.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.crop import CROP_PX, Square, cut, matrix_to_crop, points_to_frame
from engines.face.network import Network
from livecam.core.face import Cover, FaceMesh
from livecam.core.frame import Frame

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class MeshReader:
    """The mesh network over crops."""

    network: Network
    blob: Floats

    @classmethod
    def bind(cls, network: Network) -> "MeshReader":
        """Return a reader with its input allocated."""
        return cls(network, np.zeros((1, 3, CROP_PX, CROP_PX), np.float32))

    def read(self, frame: Frame, square: Square) -> FaceMesh:
        """Return the mesh in a square of a frame.

        Its score says whether a face is there.

        Raises:
            EngineError: The network failed.
        """
        matrix = matrix_to_crop(square)
        for plane, colour in zip(self.blob[0], cv2.split(cut(frame.pixels, matrix, halved=frame.half)), strict=True):
            plane[:] = colour
        answers = dict(zip(self.network.outputs, self.network.run({"crop": self.blob}), strict=True))
        points = points_to_frame(answers["points"][0], matrix)
        cover = Cover(answers["occlusion"][0, 0], matrix_to_map(matrix, answers["occlusion"].shape[-1]))
        return FaceMesh(points, float(answers["presence"][0, 0]), frame.captured_ns, cover=cover)


def matrix_to_map(to_crop: Floats, map_px: int) -> Floats:
    """Return the matrix (2, 3) from the frame to a map over the crop.

    Pixel centres are whole numbers in both.
    """
    share = np.float32(map_px / CROP_PX)
    matrix = to_crop * share
    matrix[:, 2] += (share - 1) / 2
    return matrix
