"""Detect a change of a face's size since the last full search.

By blocks of a small copy.
"""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.face import Points
from livecam.core.frame import Pixels

_COLUMNS: Final = 64
_SAMPLES: Final = 5
"""Places a block is read at, along each side: their mean hides a camera's noise."""
_FLOOR, _SHARE = 4.0, 0.05
"""Grey levels, and share of the brightness, by which a block must differ: noise and light that fades stay below."""
_FACE: Final = np.ones((2, 2), np.uint8)
"""Blocks of the smallest face that counts: about 50 pixels high in a picture 1280 wide."""
_MARGIN: Final = 0.1
_BODY: Final = (1.0, 0.6)
"""How far to the sides of a followed face, and above it, its own head and body move at the edge: widths, heights."""
_BAND: Final = 4
"""Blocks from the edge in which a change counts: where a plain cheek or hair crosses the edge, the edge stays alike."""
_EVERYWHERE: Final = 0.5
"""Share of the edge from which it is the light that changed, or all of the scene: no person comes in on all sides."""
Blocks = NDArray[np.float32]


class ChangeDetector:
    """Compares pictures with the one that was last looked at as a whole.

    Attributes:
        at_edge: Whether something changed at the picture's edge: a face may be half in.
    """

    def __init__(self) -> None:
        self.at_edge = False
        self._known: Blocks | None = None
        self._now: Blocks | None = None

    def has_face_change(self, pixels: Pixels, boxes_xyxy: Sequence[Points]) -> bool:
        """Whether blocks of a face's size changed outside the tracked boxes.

        The picture is (h, w, 3).

        True as well when something changed at the picture's edge, or when there is nothing to compare with.
        """
        self._now, self.at_edge = _blocks(pixels), False
        if self._known is None or self._known.shape != self._now.shape:
            return True
        apart = np.abs(self._now - self._known).max(2)
        allowed = _FLOOR + _SHARE * np.maximum(self._now, self._known).max(2)
        changed = (apart > allowed).astype(np.uint8)
        block_px = pixels.shape[1] / _COLUMNS
        for box in boxes_xyxy:
            _clear(changed, np.asarray(box, np.float64) / block_px)
        face_like = bool(cv2.erode(changed, _FACE).any())
        for box in boxes_xyxy:
            _clear_body(changed, np.asarray(box, np.float64) / block_px)
        edges = (changed[:, 0], changed[:, -1], changed[0], changed[-1])
        everywhere = sum(int(edge.sum()) for edge in edges) > _EVERYWHERE * sum(map(len, edges))
        bands = (changed[:, :_BAND], changed[:, -_BAND:], changed[:_BAND].T, changed[-_BAND:].T)
        self.at_edge = not everywhere and any((band[1:] & band[:-1]).any() for band in bands)
        return face_like or self.at_edge

    def settle(self) -> None:
        """Confirm that the last compared picture was searched as a whole."""
        self._known = self._now


def _blocks(pixels: Pixels) -> Blocks:
    """Return (rows, 64, 3) mean colours."""
    height, width = pixels.shape[:2]
    rows = max(1, round(_COLUMNS * height / width))
    samples = cv2.resize(pixels, (_COLUMNS * _SAMPLES, rows * _SAMPLES), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(samples, (_COLUMNS, rows), interpolation=cv2.INTER_AREA), np.float32)


def _clear(changed: NDArray[np.uint8], box: Points) -> None:
    """Leave out a face: its own moves are its mesh's matter."""
    low, high = box[:2], box[2:]
    margin = _MARGIN * (high - low)
    (left, top), (right, bottom) = np.maximum(low - margin, 0), np.maximum(high + margin, 0)
    changed[round(top) : round(bottom), round(left) : round(right)] = 0


def _clear_body(changed: NDArray[np.uint8], box: Points) -> None:
    """Leave out a tracked head and what is below it, at the edge."""
    aside, above = np.asarray(_BODY) * (box[2:] - box[:2])
    left, top = np.maximum(box[:2] - (aside, above), 0)
    changed[round(top) :, round(left) : round(max(box[2] + aside, 0))] = 0
