"""MediaPipe's face mesh and nothing else: what tracking alone costs."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.peers.standins import Points, five
from livecam.core.clock import NS_PER_MS
from livecam.core.frame import Frame, Pixels


class MeshAlone:
    """The landmarker in its video mode; the picture passes through. Needs the extra `train`."""

    name, note, shows = "MediaPipe face mesh alone", "the price of tracking; nothing is drawn", False

    def __init__(self, landmarker: Path) -> None:
        import mediapipe as mp
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=str(landmarker)),
            running_mode=vision.RunningMode.VIDEO,
            num_faces=1,
        )
        self._image: Any = mp.Image
        self._srgb: Any = mp.ImageFormat.SRGB
        self._model: Any = vision.FaceLandmarker.create_from_options(options)
        self.used: Points | None = None

    def draw(self, frame: Frame, true: Points) -> Pixels:
        """As `Peer.draw`; nothing true is looked at."""
        rgb = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2RGB)
        found = self._model.detect_for_video(
            self._image(image_format=self._srgb, data=rgb), frame.captured_ns // NS_PER_MS
        )
        if found.face_landmarks:
            width, height = frame.size_wh
            points = np.array([[p.x * width, p.y * height, 0] for p in found.face_landmarks[0]], np.float32)
            self.used = five(points)
        return frame.pixels
