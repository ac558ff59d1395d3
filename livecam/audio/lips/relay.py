"""Transfer mouth shapes from the audio process to the face."""

from collections import deque
from typing import Final

import numpy as np
from numpy.typing import NDArray

from livecam.audio.lips.estimator import MouthEstimator, MouthShape

_MOST: Final = 500


class LipRelay:
    """Estimates mouth shapes, and keeps them until they are fetched.

    Its sound has passed the guard: a mouth never moves to muted sound.
    """

    def __init__(self, estimator: MouthEstimator | None = None) -> None:
        self._estimator = estimator or MouthEstimator()
        self._shapes: deque[MouthShape] = deque(maxlen=_MOST)

    def put(self, sound: NDArray[np.float32], spoken_ns: int) -> None:
        """Hear the next samples (n,) at 48 kHz, spoken from `spoken_ns` on."""
        self._shapes.extend(self._estimator.hear(sound, spoken_ns))

    def fetch(self) -> list[tuple[int, float, float]]:
        """Return the new shapes: time in ns, opening and width of each."""
        new = [self._shapes.popleft() for _ in range(len(self._shapes))]
        return [(shape.at_ns, round(shape.opening, 3), round(shape.width, 3)) for shape in new]
