"""Guess the body where the live head hid it.

A neck below the new chin, and clothes under hair that hung on them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.video.head.fill import push_pull
from livecam.video.head.geometry import CHIN, HeadGeometry
from livecam.video.head.masks import GridParts

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

_SHRINK: Final = 2
_BODY: Final = 0.6
_NECK_ROWS: Final = (0.04, 0.07, 0.10, 0.13)
"""Below the chin, in face heights: where the width of the neck is read."""
_NECK_LIMITS: Final = (0.24, 0.37)
_NECK_USUAL: Final = 0.33
_NECK_LEAST: Final = 0.15
_REACH: Final = 0.6
_FOLLOW: Final = 0.1
_SHOULDER_REACH: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class BodyGuess:
    """Colours (h, w, 3) float32 and their share (h, w) 0..1, on the grid halved."""

    colours: Map
    share: Map


class BodyFill:
    """Keeps the width of the neck between frames."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget the neck."""
        self._neck: float | None = None

    def guess(self, small: Pixels, mask: Mask, parts: GridParts | None, geometry: HeadGeometry) -> BodyGuess:
        """Return the body behind a head.

        Args:
            small: (h, w, 3) the grid's copy of the live picture.
            mask: (h, w) the live head.
            parts: What was seen, if it was believed.
            geometry: Of the live mesh on the grid.
        """
        size = (small.shape[1] // _SHRINK, small.shape[0] // _SHRINK)
        picture = cv2.resize(small, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        half = HeadGeometry.of(geometry.points / np.float32(_SHRINK))
        taken = cv2.resize(cv2.dilate(mask, np.ones((3, 3), np.uint8)), size, interpolation=cv2.INTER_AREA)
        below, aside = half.below_chin(picture.shape)
        if parts is None:
            body = ((taken < 8) & (below > 0.1) & (aside < _NECK_USUAL)).astype(np.float32)
        else:
            person = cv2.resize(parts.person, size, interpolation=cv2.INTER_AREA)
            body = ((person > _BODY) & (taken < 8)).astype(np.float32)
        self._learn_neck(body, aside, half)
        return BodyGuess(_colours(picture, body, below, aside), self._share(body, below, aside, half))

    def _learn_neck(self, body: Map, aside: Map, half: HeadGeometry) -> None:
        """Read the neck's half width just under the chin."""
        y = half.points[CHIN, 1]
        rows = [min(max(int(y + share * half.height), 0), len(body) - 1) for share in _NECK_ROWS]
        widths = [float((body[row] * (aside[row] < _REACH)).sum()) / 2 / half.height for row in rows]
        seen = [width for width in widths if width > _NECK_LEAST]
        found = float(np.clip(min(seen), *_NECK_LIMITS)) if seen else _NECK_USUAL
        self._neck = found if self._neck is None else self._neck + _FOLLOW * (found - self._neck)

    def _share(self, body: Map, below: Map, aside: Map, half: HeadGeometry) -> Map:
        """Return where there is body behind the head.

        A neck that narrows upwards, and all below the shoulders.
        """
        neck = (self._neck or _NECK_USUAL) * (1 - 0.35 * np.clip((-below - 0.02) / 0.35, 0, 1))
        column = np.clip((neck - aside) / 0.03 + 0.5, 0, 1) * np.clip((below + 0.55) / 0.1, 0, 1)
        height = len(body)
        top = np.where(body.any(0), body.argmax(0), height).astype(np.float32)
        reach = int(half.height * _SHOULDER_REACH) | 1
        top = cv2.blur(cv2.erode(top[None], np.ones((1, reach), np.uint8)), (reach, 1))[0]
        rows = np.arange(height, dtype=np.float32)[:, None]
        shoulders = np.clip((rows - top[None]) / np.float32(0.05 * half.height), 0, 1)
        return np.asarray(np.maximum(column, shoulders), np.float32)


def _colours(picture: Map, body: Map, below: Map, aside: Map) -> Map:
    """Return skin of the neck near the chin, clothes elsewhere.

    Filled from what is seen of both.
    """
    near = np.exp(-(((below - 0.12) / 0.14) ** 2) - (aside / 0.35) ** 2)
    skin = push_pull(picture, np.asarray(body * (0.02 + near), np.float32), 5)
    away = np.clip((below - 0.22) * 20 + np.clip((aside - 0.4) * 10, 0, 1), 0.004, 1)
    clothes = push_pull(picture, np.asarray(body * away, np.float32), 5)
    neck = (np.clip((0.28 - below) * 10, 0, 1) * np.clip((0.62 - aside) / 0.12, 0, 1))[..., None]
    return np.asarray(np.clip(skin * neck + clothes * (1 - neck), 0, 255), np.float32)
