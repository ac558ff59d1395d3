"""YUY2, which webcams deliver and which programs on PipeWire ask for."""

import cv2
import numpy as np

from livecam.core.frame import Pixels
from livecam.devices.pixel_formats.even_size import EvenSize


class Yuy2Buffer:
    """A reused buffer from BGR to packed YUV 4:2:2 (BT.601, limited range).

    Odd sizes become even by repeating the last row or column.
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        self._even = EvenSize(size_wh)
        self.size_wh = self._even.size_wh
        self._packed = np.empty((self.size_wh[1], self.size_wh[0], 2), np.uint8)

    def fill(self, pixels: Pixels) -> Pixels:
        """Convert a picture.

        Args:
            pixels: (h, w, 3) uint8 BGR in the size given at the start.

        Returns:
            (h, w, 2) uint8 of the even size, valid until the next call.
        """
        cv2.cvtColor(self._even.pad(pixels), cv2.COLOR_BGR2YUV_YUY2, dst=self._packed)
        return self._packed
