"""Match the live eyes to the brightness, tint and contrast of the persona's.

Gaze and blinks stay live.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.video.render.canvas import Canvas

EVERY_FRAMES: Final = 4
_FOLLOW: Final = 0.3
_FREE: Final = 0.95
_BRIGHTER: Final = (0.55, 1.5)
_STEEPER: Final = (0.7, 1.25)
_FLOOR: Final = 4.0
_LEAST_PIXELS: Final = 12
_MARGIN_PX: Final = 3
_NEXT: Final = np.ones((3, 3), np.uint8)
_LEVELS: Final = np.arange(256, dtype=np.float32)[:, None]

Polygon = NDArray[np.int32]
Line = NDArray[np.float32]


class EyeMatch:
    """Averages, per eye and over frames, the map from live to persona colours."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past frames."""
        self._lines: dict[int, Line] = {}
        self._frame = 0

    def apply(self, canvas: Canvas, eyes: dict[int, Polygon], covered: NDArray[np.float32]) -> None:
        """Change `canvas.live` inside the eyes, except where a thing covers them.

        Args:
            canvas: Has the live face and, in `colour`, the drawn one.
            eyes: Open eyes by number, polygons in 1/16 pixels.
            covered: (g, g) 0..1 what covers the face.
        """
        due = self._frame % EVERY_FRAMES == 0
        self._frame += 1
        for eye, polygon in eyes.items():
            box, mask = _inside(polygon, canvas.size_px)
            if cv2.countNonZero(mask) < _LEAST_PIXELS:
                continue
            live, free = canvas.live[box], 1 - _mean_over(covered, box, canvas.size_px)
            if eye not in self._lines or (due and free > _FREE):
                self._learn(eye, _line(live, canvas.colour[box], mask))
            cv2.copyTo(cv2.LUT(live, _table(self._lines[eye], free)), mask, live)

    def _learn(self, eye: int, found: Line) -> None:
        """Take the first line as it is, then follow slowly."""
        known = self._lines.get(eye, found)
        self._lines[eye] = known + np.float32(_FOLLOW) * (found - known)


def _table(line: Line, free: float) -> NDArray[np.uint8]:
    """Return the tone table (1, 256, 3), in full when nothing occludes."""
    gain, offset = line
    share = np.float32(free)
    table = _LEVELS * (1 + share * (gain - 1)) + share * offset
    return np.asarray(np.clip(table, 0, 255)[None], np.uint8)


def _inside(polygon: Polygon, size_px: int) -> tuple[tuple[slice, slice], NDArray[np.uint8]]:
    """Return the polygon's box on the canvas with a margin, and the mask of the eye."""
    x, y, w, h = cv2.boundingRect(polygon >> 4)
    left, top = (min(max(edge - _MARGIN_PX, 0), size_px) for edge in (x, y))
    right, bottom = (min(max(edge + _MARGIN_PX, 0), size_px) for edge in (x + w, y + h))
    mask = np.zeros((bottom - top, right - left), np.uint8)
    if mask.size:
        cv2.fillPoly(mask, [polygon], 1, shift=4, offset=(-left << 4, -top << 4))
        cv2.dilate(mask, _NEXT, dst=mask)
    return np.s_[top:bottom, left:right], mask


def _mean_over(covered: NDArray[np.float32], box: tuple[slice, slice], size_px: int) -> float:
    """Return the mean of a smaller map over a box of the canvas."""
    step = len(covered) / size_px
    rows, columns = (slice(int(part.start * step), int(part.stop * step) + 1) for part in box)
    return cv2.mean(covered[rows, columns])[0]


def _line(live: NDArray[np.uint8], drawn: NDArray[np.uint8], mask: NDArray[np.uint8]) -> Line:
    """Return gain and offset (2, 3) per channel from the live to the drawn eye.

    They match mean and contrast.
    """
    (live_mean, live_rms), (mean, rms) = (cv2.meanStdDev(part, mask=mask) for part in (live, drawn))
    steeper = np.clip((rms.mean() + 2) / (live_rms.mean() + 2), *_STEEPER)
    brighter = np.clip((mean + _FLOOR) / (live_mean + _FLOOR), *_BRIGHTER)
    gain = (steeper * brighter)[:, 0]
    return np.stack([gain, (live_mean * brighter)[:, 0] - gain * live_mean[:, 0]]).astype(np.float32)
