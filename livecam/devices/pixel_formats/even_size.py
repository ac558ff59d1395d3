"""Pictures with even sides, as formats with shared colour need them."""

import numpy as np

from livecam.core.frame import Pixels


class EvenSize:
    """The even size of a picture.

    Odd sizes become even by repeating the last row or column.

    Attributes:
        size_wh: Width and height, both even.
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        width, height = size_wh
        self._pad_right, self._pad_bottom = width % 2, height % 2
        self.size_wh = (width + self._pad_right, height + self._pad_bottom)

    def pad(self, pixels: Pixels) -> Pixels:
        """Return a picture (h, w, 3) in the even size; the same one where it is even."""
        if self._pad_right or self._pad_bottom:
            return np.pad(pixels, ((0, self._pad_bottom), (0, self._pad_right), (0, 0)), mode="edge")
        return pixels
