"""Make a drawn face look photographed, with our own network.

It is shipped twice: in eight bits, and in floats for processors that compute eight bits otherwise.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from engines.face.network import Network
from livecam.core.errors import EngineError
from livecam.core.refinement import PLANE_COUNT, REFINE_PX

PACKAGE: Final = "engines.refine"
_MOST_APART: Final = 0.02
"""Mean difference of the two networks' answers to the trial picture, of the range of colours."""


class OnnxFaceRefiner:
    """The network over canvases of one size."""

    def __init__(self, network: Network) -> None:
        """Take over the network."""
        self._network = network

    def refine(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return what to add to the colours, (3, REFINE_PX, REFINE_PX).

        Raises:
            EngineError: The network failed or is closed.
        """
        return np.asarray(self._network.run({"planes": planes[None]})[0][0], np.float32)

    def close(self) -> None:
        """Free the network; may be called twice."""
        self._network.close()


def open_refiner(threads: int = 1) -> OnnxFaceRefiner:
    """Return the refiner in eight bits.

    It is in floats where this processor computes eight bits otherwise.

    Raises:
        EngineError: The weights are missing or broken.
    """
    exact = OnnxFaceRefiner(Network.open_shipped("refine", threads, PACKAGE))
    try:
        small = OnnxFaceRefiner(Network.open_shipped("refine_int8", threads, PACKAGE))
    except EngineError:
        return exact
    kept, other = (small, exact) if _are_alike(small, exact) else (exact, small)
    other.close()
    return kept


def _are_alike(small: OnnxFaceRefiner, exact: OnnxFaceRefiner) -> bool:
    """Whether two networks answer alike to one drawn picture."""
    planes = trial_planes()
    try:
        apart = np.abs(small.refine(planes) - exact.refine(planes))
    except EngineError:
        return False
    return float(apart.mean()) <= _MOST_APART


def trial_planes() -> NDArray[np.float32]:
    """Return planes (PLANE_COUNT, REFINE_PX, REFINE_PX) of slow waves."""
    rows, columns = np.mgrid[0:REFINE_PX, 0:REFINE_PX].astype(np.float32) * np.float32(2 * np.pi / REFINE_PX)
    waves = [0.5 + 0.4 * np.sin((1 + k % 3) * rows + k) * np.cos((1 + k % 4) * columns) for k in range(PLANE_COUNT)]
    return np.stack(waves).astype(np.float32)
