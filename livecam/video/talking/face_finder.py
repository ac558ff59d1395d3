"""A `FaceFinder` that uses no picture, as the voice moves the face."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np

from livecam.core.clock import NS_PER_MS
from livecam.core.face import EdgeStrip, FaceBox, FaceMesh
from livecam.core.frame import Frame
from livecam.core.pose import Pose
from livecam.video.talking.face_shape import make_shape
from livecam.video.talking.mouth_track import MouthTrack
from livecam.video.talking.performance import stance_at
from livecam.video.tracking.smoothing import SmoothingConfig
from livecam.video.tracking.tracker_config import TrackerConfig
from livecam.video.tracking.tracks import EYE_CORNERS, NOSE_AND_MOUTH

LOOK_BACK_MS: Final = 120.0
"""Age of the mouth in a picture beyond its timestamp, as sound passes the engine.

A session states it as its camera's latency. So lips and voice are synchronised as with any camera.
"""
TRACKING: Final = TrackerConfig(smooth=SmoothingConfig(pose_hz=30.0, shape_hz=60.0, lips_hz=60.0, lids_hz=60.0))
"""Smoothing of a drawn face, which has no noise; more would delay its lips."""
_SCALE: Final = 0.22
"""Eye distance, as share of the picture's height."""


class TalkingFaceFinder:
    """One calm face in the middle of every picture, moved by the voice.

    Args:
        track: The mouth's movement.
        seed: Of blinks and sway.
    """

    def __init__(self, track: MouthTrack, seed: int = 0) -> None:
        self._track, self._seed = track, seed
        self._begin_ns: int | None = None

    def detect(self, frame: Frame, quick: bool = False) -> Sequence[FaceBox]:
        """Return the face, whatever the picture shows."""
        mesh = self._mesh(frame)
        eyes = [mesh.points[corners, :2].mean(0) for corners in EYE_CORNERS]
        five = np.stack([*eyes, *mesh.points[NOSE_AND_MOUTH, :2]]).astype(np.float32)
        return (FaceBox(mesh.box_xyxy, five, 1.0),)

    def detect_entering(self, frame: Frame, strips: Sequence[EdgeStrip]) -> Sequence[FaceBox]:
        """Return nothing, as no person can enter."""
        return ()

    def mesh(self, frame: Frame, hint: FaceBox | FaceMesh) -> FaceMesh:
        """Return the face at the time of the picture."""
        return self._mesh(frame)

    def close(self) -> None:
        """Free nothing. Idempotent."""

    def _mesh(self, frame: Frame) -> FaceMesh:
        if self._begin_ns is None:
            self._begin_ns = frame.captured_ns
        opening, width = self._track.at(frame.captured_ns - round(LOOK_BACK_MS * NS_PER_MS))
        stance = stance_at(frame.captured_ns - self._begin_ns, self._seed)
        size_wh = frame.size_wh
        scale = _SCALE * size_wh[1]
        middle = np.array([size_wh[0] / 2, size_wh[1] * 0.45, 0])
        offset = middle + scale * np.append(stance.shift, 0.0)
        rotation = cv2.Rodrigues(stance.turn)[0].astype(np.float32)
        pose = Pose(scale, rotation, offset.astype(np.float32))
        return FaceMesh(pose.apply(make_shape(opening, width, stance.lids)), 1.0, frame.captured_ns)
