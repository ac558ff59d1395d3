"""Light the detail, mix it with the live picture, paste it into the frame.

All arithmetic is in bytes.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.core.texture import DETAIL_GAIN
from livecam.video.render.canvas import GRID, CanvasView

_OWN_TONE: Final = 0.4
_BRIGHTER: Final = 1.25
_DARKEST: Final = 8.0
Small = NDArray[np.float32]
Mask = NDArray[np.uint8]


def detail_gain(light: Small, tone: NDArray[np.float32], strength: float) -> Small:
    """Return the gain of detail on skin of this colour, 0..light.

    A dark persona's detail on a light face would look metallic. So the gain is between the live colour and the
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


def light_detail(detail: Pixels, light: Small, gain: Small, scratch: list[Pixels], out: Pixels) -> None:
    """Write detail (n, n, 3) of this gain on skin of this light into `out`.

    Gain and light are (q, q, 3).
    """
    size = out.shape[:2]
    cv2.resize(cv2.convertScaleAbs(gain), size, dst=scratch[0])
    cv2.resize(cv2.convertScaleAbs(light - gain), size, dst=scratch[1])
    cv2.multiply(detail, scratch[0], dst=out, scale=1 / DETAIL_GAIN)
    cv2.add(out, scratch[1], dst=out)


def light_colours(colours: Pixels, ratio: NDArray[np.float32], wide: NDArray[np.float32], out: Pixels) -> None:
    """Write colours (n, n, 3) times the change of light (q, q, 3) into `out`.

    `wide` (n, n, 3) is scratch.
    """
    cv2.resize(ratio, out.shape[:2], dst=wide)
    cv2.multiply(colours, wide, dst=out, dtype=cv2.CV_8U)


def mix(drawn: Pixels, live: Pixels, alpha: Mask, mask: Mask, scratch: list[Pixels], out: Pixels) -> None:
    """Write `drawn` over `live` (n, n, 3) by alpha (n, n) into `out`.

    All is multiplied by a mask (n, n), which limits `alpha`, in place. `out` may be `drawn`.
    """
    cv2.min(alpha, mask, dst=alpha)
    cv2.merge([alpha, alpha, alpha], dst=scratch[0])
    cv2.multiply(drawn, scratch[0], dst=out, scale=1 / 255)
    rest = np.asarray(cv2.subtract(mask, alpha), np.uint8)
    cv2.merge([rest, rest, rest], dst=scratch[0])
    cv2.multiply(live, scratch[0], dst=scratch[1], scale=1 / 255)
    cv2.add(out, scratch[1], dst=out)


class Paster:
    """Scales a canvas to the frame and blends it in.

    Its buffers grow to the largest face.
    """

    def __init__(self) -> None:
        self._bytes = np.empty(0, np.uint8)

    def paste(self, picture: Pixels, mask: NDArray[np.uint8], view: CanvasView, out: Pixels) -> None:
        """Put a canvas (n, n, 3), already times its mask (n, n), over the frame `out`.

        Nothing outside the mask's box changes.
        """
        x, y, w, h = cv2.boundingRect(mask)
        cell, step = len(picture) // GRID, view.side // GRID
        left, top, right, bottom = x // cell, y // cell, -(-(x + w) // cell), -(-(y + h) // cell)
        part = np.s_[top * cell : bottom * cell, left * cell : right * cell]
        height, width = (bottom - top) * step, (right - left) * step
        column, row = view.left + left * step, view.top + top * step
        end_column, end_row = min(column + width, out.shape[1]), min(row + height, out.shape[0])
        if w == 0 or end_column <= max(column, 0) or end_row <= max(row, 0):
            return
        drawn, rest = self._scaled(picture[part], mask[part], (width, height))
        inside = np.s_[max(-row, 0) : end_row - row, max(-column, 0) : end_column - column]
        target = out[max(row, 0) : end_row, max(column, 0) : end_column]
        cv2.multiply(target, rest[inside], dst=rest[inside], scale=1 / 255)
        cv2.add(drawn[inside], rest[inside], dst=target)

    def _scaled(self, picture: Pixels, mask: NDArray[np.uint8], size: tuple[int, int]) -> tuple[Pixels, Pixels]:
        """Return a picture and what its mask leaves (h, w, 3) at the frame's scale.

        They are buffers of this object.
        """
        width, height = size
        area = width * height
        if len(self._bytes) < 7 * area:
            self._bytes = np.empty(8 * area, np.uint8)
        drawn = self._bytes[: 3 * area].reshape(height, width, 3)
        three = self._bytes[3 * area : 6 * area].reshape(height, width, 3)
        one = self._bytes[6 * area : 7 * area].reshape(height, width)
        way = cv2.INTER_AREA if width * 2 < picture.shape[1] else cv2.INTER_LINEAR
        cv2.resize(picture, size, dst=drawn, interpolation=way)
        cv2.resize(mask, size, dst=one, interpolation=way)
        cv2.bitwise_not(one, dst=one)
        cv2.merge([one, one, one], dst=three)
        return drawn, three
