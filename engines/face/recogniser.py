"""A face recogniser that the user provides.

Any ArcFace-like ONNX network, used to judge pictures, never to find people.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.face.network import Network
from livecam.core.errors import EngineError
from livecam.core.face import Points
from livecam.core.frame import Pixels

SIDE_PX: Final = 112
PLACES: Final = np.array([[38.29, 51.70], [73.53, 51.50], [56.03, 71.74], [41.55, 92.37], [70.73, 92.20]], np.float32)
"""Where eyes, nose tip and mouth corners lie in the crop (ArcFace, Deng et al. 2019)."""
_MEAN, _DEVIATION = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
_EYES, _NOSE_TIP, _MOUTH = ((33, 133), (263, 362)), 1, (61, 291)
INPUT_SHAPE: Final = (3, SIDE_PX, SIDE_PX)


class OnnxRecogniser:
    """Embeddings of unit length.

    The network takes (1, 3, 112, 112) RGB, normalised as ImageNet's pictures.
    """

    def __init__(self, network: Network) -> None:
        """Take over a network.

        Raises:
            EngineError: It takes something else.
        """
        if tuple(network.input_shape[1:]) != INPUT_SHAPE:
            raise EngineError(
                f"a face recogniser takes (1, 3, {SIDE_PX}, {SIDE_PX}), this network takes {network.input_shape}",
                command="livecam bench quality --identity-model ARCFACE.onnx",
            )
        self._network = network

    def embed(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        """Return the embedding (k,) of the face with these mesh points (468, 3).

        The picture is (h, w, 3).

        Raises:
            EngineError: The network failed.
        """
        eyes = [points[list(corners), :2].mean(0) for corners in _EYES]
        places = np.array([*eyes, points[_NOSE_TIP, :2], *points[list(_MOUTH), :2]], np.float32)
        move, _ = cv2.estimateAffinePartial2D(places, PLACES, method=cv2.LMEDS)
        rgb = cv2.warpAffine(pixels, move, (SIDE_PX, SIDE_PX))[..., ::-1].astype(np.float32) / 255
        values = np.ascontiguousarray(((rgb - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None], np.float32)
        found = self._network.run({self._network.input_name: values})[0][0]
        return np.asarray(found / np.linalg.norm(found), np.float32)


def open_recogniser(file: Path) -> OnnxRecogniser:
    """Return the recogniser in an ONNX file.

    Raises:
        EngineError: It cannot be read or is no recogniser.
    """
    return OnnxRecogniser(Network.open_file("identity", file))
