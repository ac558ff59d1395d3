"""Align generated training portraits to one frame.

Eyes are level and at the same place; the person is cut from the background.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.personas.generator.head_frame import EYE_DISTANCE_PX, EYES_XY, FRAME_PX

Floats = NDArray[np.float32]
CUTTER = "models/mediapipe/selfie_segmentation__374c072.tflite"
CUTTER_PX = 256


@dataclass(frozen=True, slots=True)
class Portrait:
    """One aligned source.

    Picture (n, n, 3) float32 BGR, person (n, n) 0..1, points (468, 3) in its pixels.
    """

    picture: Floats
    person: Floats
    points: Floats


def frame_matrix(points: Floats) -> tuple[Floats, float]:
    """Return the (2, 3) affine that levels the outer eye corners, and its scale."""
    right, left = points[33, :2], points[263, :2]
    across = left - right
    scale = EYE_DISTANCE_PX / float(np.hypot(*across))
    angle = float(np.arctan2(across[1], across[0]))
    cos, sin = scale * np.cos(angle), scale * np.sin(angle)
    linear = np.array([[cos, sin], [-sin, cos]])
    offset = np.array(EYES_XY) - linear @ ((right + left) / 2)
    return np.column_stack([linear, offset]).astype(np.float32), scale


class Album:
    """The labelled training portraits."""

    def __init__(self, data: Path, labels: Path) -> None:
        with np.load(labels) as arrays:
            self._points = {str(f): p for f, p in zip(arrays["files"], arrays["points"], strict=True)}
        self._data = data
        self._cutter = cv2.dnn.readNetFromTFLite(str(data / CUTTER))

    def _person(self, picture: NDArray[np.uint8]) -> Floats:
        self._cutter.setInput(cv2.dnn.blobFromImage(picture, 1 / 255, (CUTTER_PX, CUTTER_PX), swapRB=True))
        mask = np.asarray(self._cutter.forward(), np.float32).reshape(CUTTER_PX, CUTTER_PX)
        return np.clip(cv2.resize(mask, picture.shape[1::-1]), 0, 1)

    def portrait(self, file: str) -> Portrait:
        """Return an aligned source.

        Beyond its edges the picture repeats and the person ends.
        """
        picture, points = np.asarray(cv2.imread(str(self._data / file)), np.uint8), self._points[file]
        matrix, scale = frame_matrix(points)
        size = (FRAME_PX, FRAME_PX)
        framed = cv2.warpAffine(picture, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        person = cv2.warpAffine(self._person(picture), matrix, size)
        moved = np.column_stack([points[:, :2] @ matrix[:, :2].T + matrix[:, 2], points[:, 2] * scale])
        return Portrait(framed.astype(np.float32), person, moved.astype(np.float32))
