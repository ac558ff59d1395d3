"""Look for a seam along the outline of a face with a small network."""

from importlib.resources import files
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.face.crop import CROP_PX, cut, fit_square_to_points, matrix_to_crop
from engines.face.network import Network
from livecam.core.errors import EngineError
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.outline import OutlineReading

MAP_PX: Final = 16
WEIGHTS: Final = Path(str(files("engines.detect") / "weights" / "outline.onnx"))
Floats = NDArray[np.float32]


class OnnxOutlineNetwork:
    """The network over crops: (1, 3, 128, 128) BGR 0..255 in, `logit` and `map` out."""

    def __init__(self, network: Network) -> None:
        """Take over a network.

        Raises:
            EngineError: It takes something else.
        """
        if tuple(network.input_shape[1:]) != (3, CROP_PX, CROP_PX):
            raise EngineError(
                f"the outline network takes (1, 3, {CROP_PX}, {CROP_PX}), this one takes {network.input_shape}",
                command="livecam doctor",
            )
        self._network = network

    def judge(self, pixels: Pixels, points: Points) -> OutlineReading:
        """Return traces of a seam round the face (468, 3) in a picture.

        Raises:
            EngineError: The network failed or is closed.
        """
        to_crop = matrix_to_crop(fit_square_to_points(points))
        logit, where = self.judge_crop(cut(pixels, to_crop))
        # Pixel centres count as whole numbers: a cell's centre is in the middle of its pixels.
        to_map = to_crop * np.float32(MAP_PX / CROP_PX)
        to_map[:, 2] += np.float32(0.5 * MAP_PX / CROP_PX - 0.5)
        return OutlineReading(logit, where, to_map)

    def judge_crop(self, crop: Pixels) -> tuple[float, Floats]:
        """Return a logit and a map (16, 16), 0..1, of a crop (128, 128, 3).

        Raises:
            EngineError: The network failed or is closed.
        """
        blob = np.ascontiguousarray(crop.transpose(2, 0, 1)[None], np.float32)
        answers = dict(zip(self._network.outputs, self._network.run({self._network.input_name: blob}), strict=True))
        return float(answers["logit"][0, 0]), np.asarray(answers["map"][0, 0], np.float32)

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._network.close()


def open_file(file: Path) -> OnnxOutlineNetwork:
    """Return the network in an ONNX file.

    Raises:
        EngineError: It cannot be read or is another network.
    """
    return OnnxOutlineNetwork(Network.open_file("outline", file))


def open_network() -> OnnxOutlineNetwork:
    """Entry point `outline`.

    Raises:
        EngineError: The installation lacks it.
    """
    return open_file(WEIGHTS)
