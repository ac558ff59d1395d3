"""Find live faces in what a sink received, given the camera's frames.

It judges from outside the pipeline.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels

LIKE: Final = 0.8
"""Correlation from which a place shows the live face.

Live faces have 0.9 at least after H.264, personas 0.6 at most.
"""
_SIDE_PX: Final = 64
_SHIFT_PX: Final = 4
_INNER: Final = 0.7
_BLUR_SD_PX: Final = 4.0
_LEAST_SIDE_PX: Final = 12
Detail = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class LiveFace:
    """One face as the camera saw it: its box and high-passed brightness (64, 64)."""

    box_xyxy: Points
    detail: Detail


class BareFaces:
    """Judges pictures by the latest faces of the camera.

    A held picture shows an older one.
    """

    def __init__(self, remembered: int = 150) -> None:
        """Start without frames.

        A picture is compared with the last `remembered` frames of the camera.
        """
        self._seen: deque[list[LiveFace]] = deque(maxlen=remembered)

    def remember(self, pixels: Pixels, boxes_xyxy: list[Points]) -> None:
        """Add a frame (h, w, 3) of the camera and the boxes of all faces in it."""
        faces = []
        for box in boxes_xyxy:
            inner = _inner(box, pixels.shape[1], pixels.shape[0])
            if inner is not None:
                faces.append(LiveFace(inner, _detail(pixels, inner, 0)))
        self._seen.append(faces)

    def likeness(self, picture: Pixels) -> float:
        """Return the highest similarity of any place to its live face, -1..1.

        The picture is (h, w, 3).
        """
        most = -1.0
        for face in (face for faces in self._seen for face in faces):
            found = _detail(picture, face.box_xyxy, _SHIFT_PX)
            scores = cv2.matchTemplate(found, face.detail, cv2.TM_CCOEFF_NORMED)
            most = max(most, float(np.max(np.nan_to_num(scores, posinf=0.0, neginf=0.0))))
        return most

    def has_bare_face(self, picture: Pixels) -> bool:
        """Whether a live face is visible in a picture."""
        return self.likeness(picture) >= LIKE


def _inner(box_xyxy: Points, width: int, height: int) -> Points | None:
    """Return the middle of a face's box, cut at the picture.

    None where too little of it is in the picture.
    """
    low, high = np.asarray(box_xyxy, np.float64).reshape(2, 2)
    middle, reach = (low + high) / 2, (high - low) / 2 * _INNER
    low, high = np.maximum(middle - reach, 0), np.minimum(middle + reach, (width, height))
    if float(np.min(high - low)) < _LEAST_SIDE_PX:
        return None
    return np.round(np.concatenate([low, high])).astype(np.float32)


def _detail(pixels: Pixels, box_xyxy: Points, margin_px: int) -> Detail:
    """Return the high-passed brightness (64 + 2 m, 64 + 2 m) of a place."""
    left, top, right, bottom = box_xyxy
    scale_x, scale_y = (right - left) / _SIDE_PX, (bottom - top) / _SIDE_PX
    reach_x, reach_y = round(margin_px * scale_x), round(margin_px * scale_y)
    height, width = pixels.shape[:2]
    x = np.clip(np.arange(int(left) - reach_x, int(right) + reach_x), 0, width - 1)
    y = np.clip(np.arange(int(top) - reach_y, int(bottom) + reach_y), 0, height - 1)
    part = np.ascontiguousarray(pixels[y[0] : y[-1] + 1, x[0] : x[-1] + 1])
    above, below, before, after = (int(np.sum(places == places[end])) - 1 for places in (y, x) for end in (0, -1))
    grey = cv2.cvtColor(part, cv2.COLOR_BGR2GRAY)
    grey = cv2.copyMakeBorder(grey, above, below, before, after, cv2.BORDER_REPLICATE)
    side = _SIDE_PX + 2 * margin_px
    small = cv2.resize(grey, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - cv2.GaussianBlur(small, (0, 0), _BLUR_SD_PX), np.float32)
