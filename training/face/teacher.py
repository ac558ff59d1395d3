"""The teacher: MediaPipe's face landmarker on still pictures.

It returns 468 points, blendshapes and pose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import mediapipe as mp
import numpy as np
from mediapipe.tasks.python import BaseOptions, vision
from numpy.typing import NDArray

LANDMARK_COUNT = 468


@dataclass(frozen=True, slots=True)
class TaughtFace:
    """One face by the teacher.

    Points are (468, 3) float32 in pixels, z on the same scale; blendshapes (52,).
    """

    points: NDArray[np.float32]
    blendshapes: NDArray[np.float32]


class Teacher:
    """MediaPipe FaceLandmarker over BGR pictures; use as a context manager."""

    def __init__(self, task_file: Path, max_faces: int = 1, min_confidence: float = 0.5) -> None:
        self._landmarker = vision.FaceLandmarker.create_from_options(
            vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(task_file)),
                num_faces=max_faces,
                min_face_detection_confidence=min_confidence,
                output_face_blendshapes=True,
            )
        )

    def __enter__(self) -> "Teacher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._landmarker.close()

    def faces(self, picture_bgr: NDArray[np.uint8]) -> Iterator[TaughtFace]:
        """Yield every face found in a (h, w, 3) uint8 BGR picture."""
        height, width = picture_bgr.shape[:2]
        rgb = np.ascontiguousarray(picture_bgr[..., ::-1])
        result = self._landmarker.detect(mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb))
        for landmarks, shapes in zip(result.face_landmarks, result.face_blendshapes, strict=True):
            points = np.array([(p.x * width, p.y * height, p.z * width) for p in landmarks[:LANDMARK_COUNT]])
            yield TaughtFace(points.astype(np.float32), np.array([s.score for s in shapes], np.float32))
