"""Put light under the detail, mix it with the live picture and paste it into the frame: all in bytes."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.core.texture import DETAIL_GAIN
from livecam.video.canvas import View

_OWN_TONE: Final = 0.4
_BRIGHTER: Final = 1.25
_DARKEST: Final = 8.0
Small = NDArray[np.float32]


def detail_gain(light: Small, tone: NDArray[np.float32], strength: float) -> Small:
    """How strong detail is on skin of this colour, 0..light.

    A dark persona's detail on a light face would turn metallic; so the gain lies between the live colour and the
    persona's own.

    Args:
        light: (q, q, 3) plain live skin.
        tone: (3,) persona's skin colour BGR.
        strength: 0..1 how much of the detail is drawn.
    """
    log_live = cv2.log(np.maximum(light, np.float32(_DARKEST)))
    log_tone = np.minimum(np.log(tone), log_live + np.float32(np.log(_BRIGHTER)))
    gain = cv2.exp(np.float32(1 - _OWN_TONE) * log_live + np.float32(_OWN_TONE) * log_tone)
    return np.asarray(np.minimum(gain * np.float32(strength), light), np.float32)


def lit_detail(detail: Pixels, light: Small, gain: Small, scratch: list[Pixels], out: Pixels) -> None:
    """Detail (n, n, 3) of this gain (q, q, 3) on skin of this light (q, q, 3), into `out`."""
    size = out.shape[:2]
    cv2.resize(cv2.convertScaleAbs(gain), size, dst=scratch[0])
    cv2.resize(cv2.convertScaleAbs(light - gain), size, dst=scratch[1])
    cv2.multiply(detail, scratch[0], dst=out, scale=1 / DETAIL_GAIN)
    cv2.add(out, scratch[1], dst=out)


def lit_colours(colours: Pixels, ratio: NDArray[np.float32], wide: NDArray[np.float32], out: Pixels) -> None:
    """Colours (n, n, 3) times the change of light (q, q, 3), into `out`; `wide` (n, n, 3) is scratch."""
    cv2.resize(ratio, out.shape[:2], dst=wide)
    cv2.multiply(colours, wide, dst=out, dtype=cv2.CV_8U)


def mix(drawn: Pixels, live: Pixels, alpha: NDArray[np.uint8], scratch: list[Pixels], out: Pixels) -> None:
    """`drawn` over `live` (n, n, 3) by alpha (n, n), into `out`, which may be `drawn`."""
    cv2.merge([alpha, alpha, alpha], dst=scratch[0])
    cv2.multiply(drawn, scratch[0], dst=out, scale=1 / 255)
    cv2.bitwise_not(scratch[0], dst=scratch[0])
    cv2.multiply(live, scratch[0], dst=scratch[1], scale=1 / 255)
    cv2.add(out, scratch[1], dst=out)


class Paster:
    """Brings a canvas back to the frame's scale and mixes it in, over buffers that grow to the largest face."""

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def paste(self, picture: Pixels, mask: NDArray[np.uint8], view: View, out: Pixels) -> None:
        """Mix a canvas (n, n, 3) into the frame `out` by its mask (n, n); nothing outside the mask's box changes."""
        height, width = out.shape[:2]
        x, y, w, h = cv2.boundingRect(mask)
        left, top = max(view.left + int(x / view.scale), 0), max(view.top + int(y / view.scale), 0)
        right = min(view.left + int(np.ceil((x + w) / view.scale)), width, view.left + view.side)
        bottom = min(view.top + int(np.ceil((y + h) / view.scale)), height, view.top + view.side)
        if w == 0 or right <= left or bottom <= top:
            return
        full, share = self._scaled(picture, mask, view.side)
        cut = np.s_[top - view.top : bottom - view.top, left - view.left : right - view.left]
        three, rest = self._views(bottom - top, right - left)
        cv2.merge([share[cut]] * 3, dst=three)
        target = out[top:bottom, left:right]
        cv2.multiply(full[cut], three, dst=rest, scale=1 / 255)
        cv2.bitwise_not(three, dst=three)
        cv2.multiply(target, three, dst=three, scale=1 / 255)
        cv2.add(rest, three, dst=target)

    def _scaled(self, picture: Pixels, mask: NDArray[np.uint8], side: int) -> tuple[Pixels, NDArray[np.uint8]]:
        """Picture and mask at the frame's scale."""
        area = side * side
        if len(self._bytes) < 10 * area:
            self._bytes = np.empty(12 * area, np.uint8)
        full = self._bytes[: 3 * area].reshape(side, side, 3)
        share = self._bytes[3 * area : 4 * area].reshape(side, side)
        way = cv2.INTER_AREA if side * 2 < len(picture) else cv2.INTER_LINEAR
        cv2.resize(picture, (side, side), dst=full, interpolation=way)
        cv2.resize(mask, (side, side), dst=share, interpolation=way)
        self._used = 4 * area
        return full, share

    def _views(self, height: int, width: int) -> tuple[Pixels, Pixels]:
        """Two scratch pictures behind those of `_scaled`."""
        size = 3 * height * width
        first = self._bytes[self._used : self._used + size].reshape(height, width, 3)
        second = self._bytes[self._used + size : self._used + 2 * size].reshape(height, width, 3)
        return first, second
