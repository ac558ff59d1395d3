"""Match the texture's sharpness to the camera's."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core import topology
from livecam.core.face import Points
from livecam.core.frame import Pixels
from livecam.core.texture import FaceTexture
from livecam.video.render.sampling import look_up
from livecam.video.render.skin import SOFT_PX, Skin

EVERY_FRAMES: Final = 15
_FOLLOW: Final = 0.3
_TOLERANCE: Final = 0.6
_PUSH: Final = 1.15
_FINE: Final = (0.0, 1.0, 2.5)
_MIDDLE: Final = (1.2, 3.0, 6.0)
_TOP_SHARE: Final = 90
_ALIAS: Final = 0.35
Grey = NDArray[np.float32]


class SharpnessMatch:
    """Measures the live face every few frames, and sets the texture's softness.

    Attributes:
        softness: In copies of `Skin`.
    """

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the past frames."""
        self.softness = 0.0
        self._frame = 0
        self._looked = False
        self._texture: FaceTexture | None = None
        self._own: list[NDArray[np.float64]] = []

    def update(self, live: Pixels, points: Points, skin: Skin, uv: NDArray[np.float32]) -> None:
        """Count a frame, and measure every few frames.

        Args:
            live: (n, n, 3) the live face.
            points: (468, 3) in its pixels.
            skin: The texture that will be drawn.
            uv: (n, n, 2) where each pixel reads it.
        """
        due = self._frame % EVERY_FRAMES == 0 or self._texture is not skin.texture
        self._frame += 1
        if not due or skin.texture.made_for_ns:
            return
        box = _box(points, len(live))
        if box is None:
            return
        inside = _inside(points, box)
        grey = cv2.cvtColor(live, cv2.COLOR_BGR2GRAY)
        if self._texture is not skin.texture:
            self._texture, self._own = skin.texture, _own_ratios(skin, uv[box], inside)
        face = grey[box].astype(np.float32)
        steps = np.arange(len(SOFT_PX), dtype=np.float64)[::-1]
        found = [
            float(np.interp(ratio(face, inside), own, steps))
            for ratio, own in zip((_fine_ratio, _middle_ratio), self._own, strict=True)
        ]
        softness = max(sum(found) / len(found) - _TOLERANCE, 0.0) * _PUSH
        softness = max(softness, _least_softness(skin.span_px / max(float(np.ptp(points[:, 1])), 1)))
        rate = _FOLLOW if self._looked else 1.0
        self.softness += rate * (softness - self.softness)
        self._looked = True


def _box(points: Points, size_px: int) -> tuple[slice, slice] | None:
    """Return the face's box on the canvas; None when too little of it is there."""
    low = np.maximum(points[:, :2].min(0).astype(int), 0)
    high = np.minimum(points[:, :2].max(0).astype(int), size_px)
    if (high - low).min() < 16:
        return None
    return np.s_[low[1] : high[1], low[0] : high[0]]


def _inside(points: Points, box: tuple[slice, slice]) -> NDArray[np.bool_]:
    """Return the mask of the box well inside the oval."""
    rows, columns = box
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    oval = np.round(points[topology.OVAL, :2] - [columns.start, rows.start]).astype(np.int32)
    cv2.fillPoly(mask, [oval], 1)
    eroded = cv2.erode(mask, np.ones((9, 9), np.uint8), borderValue=0)
    return np.asarray(eroded > 0) if eroded.any() else np.asarray(mask > 0)


def _bands(grey: Grey, sigmas: tuple[float, float, float]) -> tuple[Grey, Grey]:
    """Return two neighbouring bands of detail, absolute."""
    soft = [cv2.GaussianBlur(grey, (0, 0), s) if s else grey for s in sigmas]
    return np.abs(soft[0] - soft[1]), np.abs(soft[1] - soft[2])


def _fine_ratio(grey: Grey, inside: NDArray[np.bool_]) -> float:
    """Return mean finest detail over mean fine detail."""
    fine, coarse = _bands(grey, _FINE)
    return float(fine[inside].mean() / (coarse[inside].mean() + 1e-3))


def _middle_ratio(grey: Grey, inside: NDArray[np.bool_]) -> float:
    """Return strong fine detail over strong middle detail: edges, not noise."""
    fine, coarse = _bands(grey, _MIDDLE)
    return float(np.percentile(fine[inside], _TOP_SHARE) / (np.percentile(coarse[inside], _TOP_SHARE) + 1e-3))


def _own_ratios(skin: Skin, uv: NDArray[np.float32], inside: NDArray[np.bool_]) -> list[NDArray[np.float64]]:
    """Return both ratios of every copy of the texture, softest first, never falling."""
    greys = []
    for index in range(len(SOFT_PX)):
        drawn = look_up(skin.copy(index), np.ascontiguousarray(uv))
        greys.append(cv2.cvtColor(drawn, cv2.COLOR_BGRA2GRAY).astype(np.float32))
    return [
        np.maximum.accumulate([ratio(grey, inside) for grey in reversed(greys)])
        for ratio in (_fine_ratio, _middle_ratio)
    ]


def _least_softness(shrink: float) -> float:
    """Return the softness at which a texture does not flicker when shrunk."""
    sigma = _ALIAS * float(np.sqrt(max(shrink**2 - 1, 0)))
    return float(np.interp(sigma, SOFT_PX, np.arange(len(SOFT_PX))))
