"""The cutout's colours in the live light.

Skin takes the live skin's tone, hair a part of its brightness.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.texture import FaceTexture
from livecam.video.head.cutout import HeadCutout
from livecam.video.render.lighting import LightEstimator
from livecam.video.render.skin import SOFT_PX, read_own_light

Map = NDArray[np.float32]
Picture = NDArray[np.uint8]
_REBAKE: Final = 0.06
_RESOFTEN: Final = 0.5
_MOST_CHANGE: Final = 1.2
_FLOOR: Final = 4.0
_FLATTEST: Final = 0.5
_HAIR_SHARE: Final = 0.6
_HAIR_LIMITS: Final = (-0.7, 0.5)
_USUAL_FACE_PX: Final = 320
_LEAST_BLUR: Final = 0.3
_EDGE_PX: Final = 0.8
"""Softness of the outline in the frame: a matte sharper than a camera's picture flickers when it moves."""
_LEVELS: Final = np.arange(256, dtype=np.float32)


class HeadColours:
    """Premultiplied colours of a cutout.

    Baked again when the light or the sharpness has moved.

    Attributes:
        picture: (h, w, 4) uint8 BGR times alpha, and alpha.
        own_light: (468, 3) slow log colour of the photo's skin.
        change: (3,) the change of log light that `picture` has in it.
    """

    def __init__(self, cutout: HeadCutout, maker: LightEstimator) -> None:
        self._cutout = cutout
        self.own_light = read_own_light(FaceTexture(cutout.colours, cutout.points), maker)
        self._hair3 = cv2.merge([cutout.hair] * 3)
        self._skin3 = cv2.bitwise_not(self._hair3)
        edge = _EDGE_PX * cutout.height / _USUAL_FACE_PX
        self._alpha = np.asarray(cv2.GaussianBlur(cutout.alpha, (0, 0), edge), np.uint8)
        self._alpha3 = cv2.merge([self._alpha] * 3)
        self._softness = 0.0
        self.change = np.zeros(3, np.float32)
        self.picture = np.zeros((*cutout.alpha.shape, 4), np.uint8)
        self._halved: list[Picture] = []
        self._bake()

    def update(self, change: Map, softness: float) -> None:
        """Follow the mean change of log light (3,) from photo to live.

        And the live picture's softness.
        """
        moved = float(np.abs(change - self.change).max()) > _REBAKE
        if moved or abs(softness - self._softness) > _RESOFTEN:
            self.change, self._softness = change.astype(np.float32), softness
            self._bake()

    def shrink(self, level: int) -> Picture:
        """Return the picture halved so many times.

        A small face read from a large picture would sparkle.
        """
        while len(self._halved) <= level:
            self._halved.append(np.asarray(cv2.pyrDown(self._halved[-1]), np.uint8))
        return self._halved[level]

    def _bake(self) -> None:
        cutout, change = self._cutout, np.clip(self.change, -_MOST_CHANGE, _MOST_CHANGE)
        own = np.exp(np.median(self.own_light, axis=0)) - _FLOOR
        live = np.maximum(own * np.exp(change), 3)
        # A dark persona in bright light would burn out: its highlights are flattened.
        gamma = float(np.clip((own.mean() / live.mean()) ** 0.5, _FLATTEST, 1))
        table = live[None] * (_LEVELS[:, None] / own[None]) ** gamma
        skin = cv2.LUT(cutout.colours, np.clip(table, 0, 255).astype(np.uint8)[None])
        brighter = float(np.exp(np.clip(_HAIR_SHARE * change.mean(), *_HAIR_LIMITS)))
        hair = cv2.convertScaleAbs(cutout.colours, alpha=brighter)
        both = cv2.add(cv2.multiply(hair, self._hair3, scale=1 / 255), cv2.multiply(skin, self._skin3, scale=1 / 255))
        blur = float(np.interp(self._softness, np.arange(len(SOFT_PX)), SOFT_PX)) * cutout.height / _USUAL_FACE_PX
        if blur > _LEAST_BLUR:
            both = cv2.GaussianBlur(both, (0, 0), blur)
        self.picture = cv2.merge([*cv2.split(cv2.multiply(both, self._alpha3, scale=1 / 255)), self._alpha])
        self._halved = [np.asarray(self.picture, np.uint8)]
