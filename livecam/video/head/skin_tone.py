"""The persona's tone of skin on the live body.

What of the difference between both skins is tone stays with the persona. The rest is the light of the room.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.core.segmentation import HeadClass, HeadParts
from livecam.video.head.geometry import HeadGeometry, frame_of

Map = NDArray[np.float32]
Mask = NDArray[np.uint8]

_FLOOR: Final = 4.0
_USUAL: Final = ((50, 105.0), (90, 190.0))
"""Percentiles of a picture in good light, and what they are."""
_LIGHTS: Final = (-1.6, 0.2)
_EVERY_PX: Final = 16
_CHROMA_SHARE: Final = 0.5
"""How much of a difference in colour is tone: light from lamps and skin differ about alike."""
_MOST: Final = 1.1
_FOLLOW: Final = 0.01
_FLATTEST: Final = 0.5
_NEAR: Final = (0.2, 0.42)
"""Difference of chroma, in logarithms, up to which a pixel is skin, and from which on it is not."""
_STEADY: Final = 0.5
_LEVELS: Final = np.arange(256, dtype=np.float32)


class SkinTone:
    """Learns the persona's tone of skin, and gives it to the body."""

    def __init__(self) -> None:
        self._difference: Map | None = None
        self._share: Map | None = None
        self._at: HeadGeometry | None = None

    def learn(self, change: Map, pixels: Pixels) -> Map:
        """Return how much of a change (3,) of log colour is tone.

        It is learned slowly, so that a lamp that is switched on lights the persona at once.

        Args:
            change: From the photo's skin to the live one.
            pixels: (h, w, 3) the live picture: its brightness tells light from tone.
        """
        colour = change - change.mean()
        tone = _CHROMA_SHARE * colour + (change.mean() - _read_exposure(pixels))
        tone = np.clip(tone, -_MOST, _MOST).astype(np.float32)
        before = self._difference
        self._difference = tone if before is None else before + np.float32(_FOLLOW) * (tone - before)
        return self._difference

    def find(self, small: Pixels, parts: HeadParts | None, geometry: HeadGeometry, skin: Map) -> Map:
        """Return (h, w) 0..1 where the body shows skin, on the grid.

        Without a look the share of the last one is moved with the head.

        Args:
            small: (h, w, 3) the grid's copy of the live picture.
            parts: A look at it that is believed, or None.
            geometry: Of the live mesh on the grid.
            skin: (3,) log colour of the live skin.
        """
        carried = self._carried(small.shape, geometry)
        if parts is None:
            share = np.zeros(small.shape[:2], np.float32) if carried is None else carried
        else:
            planes = parts.shares[HeadClass.SKIN] + parts.shares[HeadClass.FRONT]
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            wide = np.asarray(cv2.warpAffine(planes, parts.to_map, small.shape[1::-1], flags=flags), np.float32)
            share = np.asarray(cv2.blur(wide * _is_skin(small, skin), (3, 3)), np.float32)
            share = share if carried is None else share + np.float32(_STEADY) * (carried - share)
        self._share, self._at = np.asarray(share, np.float32), geometry
        return self._share

    def tint(self, pixels: Pixels, share: Map, skin: Map) -> None:
        """Give skin (h, w, 3) the persona's tone, in place.

        Args:
            pixels: A part of a picture.
            share: (h, w) 0..1 where it is skin, at any size.
            skin: (3,) log colour of the live skin.
        """
        if self._difference is None:
            return
        live = np.maximum(np.exp(skin) - _FLOOR, 3)
        wanted = np.maximum(np.exp(skin - self._difference) - _FLOOR, 3)
        # A light persona on a dark body would burn out: its highlights are flattened, as the head's own are.
        gamma = float(np.clip((live.mean() / wanted.mean()) ** 0.5, _FLATTEST, 1))
        table = np.clip(wanted[None] * (_LEVELS[:, None] / live[None]) ** gamma, 0, 255).astype(np.uint8)
        wide = cv2.resize(share, pixels.shape[1::-1]).astype(np.float32)
        x, y, width, height = cv2.boundingRect((wide > 0.01).astype(np.uint8))
        if not width:
            return
        part = np.s_[y : y + height, x : x + width]
        live_part, weight = np.ascontiguousarray(pixels[part]), np.ascontiguousarray(wide[part])
        pixels[part] = cv2.blendLinear(cv2.LUT(live_part, table[None]), live_part, weight, 1 - weight)

    def tint_thing(self, pixels: Pixels, covered: Map, skin: Map) -> None:
        """Give a hand in front of the face the persona's tone, in place.

        A cup keeps its own.

        Args:
            pixels: (h, w, 3) the live picture.
            covered: (h, w) 0..1 what is in front, at any size.
            skin: (3,) log colour of the live skin.
        """
        small = cv2.resize(pixels, covered.shape[::-1], interpolation=cv2.INTER_AREA)
        self.tint(pixels, np.asarray(covered * _is_skin(np.asarray(small, np.uint8), skin), np.float32), skin)

    def _carried(self, shape: tuple[int, ...], geometry: HeadGeometry) -> Map | None:
        if self._share is None or self._at is None:
            return None
        matrix = (frame_of(geometry) @ np.linalg.inv(frame_of(self._at)))[:2]
        return np.asarray(cv2.warpAffine(self._share, matrix, (shape[1], shape[0])), np.float32)


def _read_exposure(pixels: Pixels) -> float:
    """Return the logarithm of the room's light, 0 where it is good."""
    grey = pixels[::_EVERY_PX, ::_EVERY_PX].max(2)
    logs = [np.log((np.percentile(grey, at) + _FLOOR) / (usual + _FLOOR)) for at, usual in _USUAL]
    return float(np.clip(np.mean(logs), *_LIGHTS))


def _is_skin(small: Pixels, skin: Map) -> Map:
    """Return (h, w) 0..1 how near a colour is to the live skin's.

    Its brightness does not count.
    """
    logs = cv2.log(small.astype(np.float32) + np.float32(2 * _FLOOR))
    usual = np.log(np.exp(skin) + np.float32(_FLOOR))
    away = logs - usual.astype(np.float32)
    away = np.abs(away - away.mean(2, keepdims=True)).max(2)
    low, high = _NEAR
    return np.asarray(np.clip((high - away) / (high - low), 0, 1), np.float32)
