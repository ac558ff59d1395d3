"""Learn the driver's calm face while a session runs.

So a model serves whoever is in front of the camera.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.expression import measure_unrest
from livecam.core.face import Points

Floats = NDArray[np.float32]
_SPREAD: Final = 0.25
_OLDEST: Final = 300.0
"""So many calm frames are averaged; later ones replace older ones."""


class CalmFace:
    """Mean of the calm frames of one face.

    Attributes:
        shape: (468, 3) unposed; None before the first frame.
        atlas: (3, n, n) detail; None before the first frame.
    """

    def __init__(self) -> None:
        self.shape: Points | None = None
        self.atlas: Floats | None = None
        self._seen = 0.0
        self._least = np.inf

    def update(self, shape: Points, atlas: Floats) -> None:
        """Take in a frame: the calmer, the more it counts."""
        unrest = measure_unrest(shape)
        self._least = min(self._least, unrest)
        # Some faces are never as calm as others: calm is what comes near to the calmest frame so far.
        weight = float(np.exp(-(((unrest - self._least) / _SPREAD) ** 2)))
        if self.shape is None or self.atlas is None:
            self.shape, self.atlas, self._seen = shape.copy(), atlas.copy(), weight
            return
        self._seen = min(self._seen + weight, _OLDEST)
        rate = np.float32(weight / self._seen)
        self.shape += rate * (shape - self.shape)
        self.atlas += rate * (atlas - self.atlas)
