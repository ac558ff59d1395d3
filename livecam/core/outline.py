"""What a network says of the outline of a face."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class OutlineReading:
    """Traces of a seam round a face.

    Attributes:
        logit: High where there are such traces.
        map: (16, 16) float32, 0..1: where they are.
        to_map: (2, 3) float32 affine from the picture's pixels to those of the map.
    """

    logit: float
    map: NDArray[np.float32]
    to_map: NDArray[np.float32]
