"""What lies in front of the face: the network's word for things, colour for hair along the outline."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Cover
from livecam.core.frame import Pixels
from livecam.video.canvas import View

_DARKER: Final = (0.22, 0.47)
_OTHER_COLOUR: Final = (0.12, 0.24)
_BRIGHTER: Final = 0.12
_SURE: Final = (0.35, 0.65)
_FOLLOW: Final = 0.5
_LOG: Final = np.log(np.arange(256) + 4.0).astype(np.float32)
Map = NDArray[np.float32]


class Occluders:
    """The share of the live picture to keep in front of the drawn face, averaged over a few frames."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was in front."""
        self._share: Map | None = None

    def update(self, small: Pixels, log_light: Map, outline: Map, cover: Cover | None, view: View) -> Map:
        """Take in a frame.

        Args:
            small: (q, q, 3) the live picture at a quarter of the canvas.
            log_light: (q, q, 3) log colour this skin would have there.
            outline: (q, q) where hair is looked for: 0 nowhere, 1 on the face, 2 beyond its oval.
            cover: The network's map, if it made one.
            view: Where the canvas lies in the frame.

        Returns:
            (q, q) float32 0..1, valid until the next call.
        """
        share = _hair(small, log_light, outline)
        if cover is not None:
            np.maximum(share, _things(cover, view, len(small)), out=share)
        cv2.GaussianBlur(share, (3, 3), 0.7, dst=share)
        if self._share is None or self._share.shape != share.shape:
            self._share = share
        else:
            self._share += np.float32(_FOLLOW) * (share - self._share)
        return self._share


def _hair(small: Pixels, log_light: Map, outline: Map) -> Map:
    """(q, q) 0..1 how unlike this skin each place is: much darker, of another colour, and beyond the oval brighter."""
    rest = cv2.subtract(cv2.LUT(small, _LOG), log_light)
    blue, green, red = cv2.split(rest)
    luma = (blue + green + red) * np.float32(1 / 3)
    colour = np.maximum(np.maximum(np.abs(blue - luma), np.abs(green - luma)), np.abs(red - luma))
    dark_low, dark_high = _DARKER
    low, high = _OTHER_COLOUR
    dark = np.clip((-luma - dark_low) / (dark_high - dark_low), 0, 1)
    beyond = np.clip(outline - 1, 0, 1)
    bright = np.clip((luma - _BRIGHTER) / _BRIGHTER, 0, 1) * beyond
    other = np.clip((colour * (1 + beyond) - low) / (high - low), 0, 1)
    return np.asarray(np.minimum(dark + bright + other, 1) * np.minimum(outline, 1), np.float32)


def _things(cover: Cover, view: View, size_px: int) -> Map:
    """(q, q) the network's map carried onto the canvas."""
    to_map = np.vstack([cover.frame_to_map, [0, 0, 1]]) @ np.vstack([view.matrix_from(4), [0, 0, 1]])
    there = cv2.warpAffine(
        cover.probability, to_map[:2], (size_px, size_px), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    )
    low, high = _SURE
    return np.asarray(np.clip((there - low) / (high - low), 0, 1), np.float32)
