"""A second recogniser for benchmarks: dlib's network (public domain), of the packages dlib-bin and
face-recognition-models. Neither is a dependency; nothing was trained on it.
"""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels

_CORNERS: Final = (263, 362, 33, 133)
"""Outer and inner corner of the eye on the right of the picture, then of the other one."""
_UNDER_NOSE: Final = 2


class DlibRecogniser:
    """Embeddings of unit length, less the mean of all faces: dlib's vectors all point one way."""

    def __init__(self, model: Path) -> None:
        import dlib

        self._dlib: Any = dlib
        self._network: Any = dlib.face_recognition_model_v1(str(model))
        self._mean: NDArray[np.float32] | None = None

    def centre_on(self, faces: list[tuple[Pixels, Points]]) -> None:
        """Take the mean of such faces out of every embedding from now on."""
        self._mean = None
        self._mean = np.mean([self._describe(*face) for face in faces], axis=0)

    def embed(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        """Return the embedding (128,) of the face with these mesh points (468, 2 or 3)."""
        found = self._describe(pixels, points)
        if self._mean is not None:
            found = found - self._mean
        return np.asarray(found / np.linalg.norm(found), np.float32)

    def _describe(self, pixels: Pixels, points: Points) -> NDArray[np.float32]:
        places = [self._dlib.point(*(round(float(v)) for v in points[n, :2])) for n in (*_CORNERS, _UNDER_NOSE)]
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        box = self._dlib.rectangle(*(round(float(v)) for v in (*low, *high)))
        shape = self._dlib.full_object_detection(box, places)
        rgb = np.ascontiguousarray(pixels[..., ::-1])
        return np.asarray(self._network.compute_face_descriptor(rgb, shape), np.float32)
