"""Detect a change of a face's size since the last full search.

It compares blocks of a small copy.
"""

from collections import deque
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.clock import NS_PER_MS
from livecam.core.face import EdgeStrip, Points, Side
from livecam.core.frame import Pixels

_COLUMNS: Final = 64
_SAMPLES: Final = 5
"""Samples along each side of a block; their mean removes a camera's noise."""
_FLOOR, _SHARE = 4.0, 0.05
"""Grey levels, and share of the brightness, by which a block must differ.

Noise and fading light stay below.
"""
_FACE: Final = np.ones((2, 2), np.uint8)
"""Blocks of the smallest face that counts: 50 pixels high in a picture 1280 wide."""
_MARGIN: Final = 0.1
_BODY: Final = (1.0, 0.6)
"""Reach of a followed person's own movement at the edge.

In widths to the sides of the face, and heights above it.
"""
_BAND: Final = 4
"""Blocks from the edge in which a change counts.

Where a plain cheek or hair crosses the edge, the outermost blocks do not change.
"""
_LEAST_STRIP: Final = 8
"""Least number of blocks along the edge that are searched together.

They fit a face 100 pixels wide in a picture 1280 wide.
"""
_STRIP_SHARE: Final = 1.6
"""Length of the searched strip, relative to what changed in it."""
_EARLIER_NS: Final = 300 * NS_PER_MS
"""Age of a second reference for the picture's edge, in addition to the last one."""
_EVERYWHERE: Final = 0.5
"""Share of the edge from which the light or the whole scene changed.

No person enters on all sides.
"""
Blocks = NDArray[np.float32]


class ChangeDetector:
    """Compares pictures with the last one that was searched as a whole.

    Attributes:
        entered: Where something changed at the picture's edge; a face may be half in the picture.
    """

    def __init__(self) -> None:
        self.entered: list[EdgeStrip] = []
        self._known: Blocks | None = None
        self._now: Blocks | None = None
        self._looked_at: deque[tuple[int, Blocks]] = deque()

    def has_face_change(
        self,
        pixels: Pixels,
        captured_ns: int,
        boxes_xyxy: Sequence[Points],
        half: Pixels | None = None,
        quarter: Pixels | None = None,
    ) -> bool:
        """Whether blocks of a face's size changed outside the followed faces.

        The picture is (h, w, 3), `half` and `quarter` its smaller copies where there are any. True also when something
        changed at its edge, or there is nothing to compare with.
        """
        self._now, self.entered = _blocks(pixels, half, quarter), []
        if self._known is None or self._known.shape != self._now.shape:
            return True
        changed = _changed(self._now, self._known)
        earlier = self._earlier(captured_ns)
        before = changed.copy() if earlier is self._known else _changed(self._now, earlier)
        if not changed.any() and not before.any():
            return False
        block_px = pixels.shape[1] / _COLUMNS
        for box in boxes_xyxy:
            _clear(changed, np.asarray(box, np.float64) / block_px)
        face_like = bool(cv2.erode(changed, _FACE).any())
        changed |= before
        for box in boxes_xyxy:
            _clear_body(changed, np.asarray(box, np.float64) / block_px)
        edges = (changed[:, 0], changed[:, -1], changed[0], changed[-1])
        everywhere = sum(int(edge.sum()) for edge in edges) > _EVERYWHERE * sum(map(len, edges))
        if changed.any() and not everywhere:
            self.entered = _entered(changed, block_px)
        return face_like or self.at_edge

    @property
    def at_edge(self) -> bool:
        """Whether something changed at the picture's edge."""
        return bool(self.entered)

    def settle(self, captured_ns: int) -> None:
        """Confirm that the last compared picture was searched as a whole."""
        if self._now is not None:
            if self._known is None or self._known.shape != self._now.shape:
                self._looked_at.clear()
            self._known = self._now
            self._looked_at.append((captured_ns, self._now))

    def _earlier(self, captured_ns: int) -> Blocks:
        """Return the searched picture of some time ago.

        What enters slowly hardly differs from one search to the next.
        """
        while len(self._looked_at) > 1 and captured_ns - self._looked_at[1][0] >= _EARLIER_NS:
            self._looked_at.popleft()
        return self._looked_at[0][1]


def _changed(now: Blocks, before: Blocks) -> NDArray[np.uint8]:
    """Return (rows, 64) 1 where a block differs by more than noise."""
    allowed = _FLOOR + _SHARE * _largest(np.maximum(now, before))
    return (_largest(np.abs(now - before)) > allowed).astype(np.uint8)


def _largest(colours: Blocks) -> Blocks:
    """Return the largest of three channels, ten times as fast as `max`."""
    return np.maximum(np.maximum(colours[..., 0], colours[..., 1]), colours[..., 2])


def _blocks(pixels: Pixels, half: Pixels | None, quarter: Pixels | None) -> Blocks:
    """Return (rows, 64, 3) mean colours, of a smaller picture if given."""
    height, width = pixels.shape[:2]
    rows = max(1, round(_COLUMNS * height / width))
    size = (_COLUMNS * _SAMPLES, rows * _SAMPLES)
    if quarter is not None and quarter.shape[1::-1] == size:
        samples = quarter
    else:
        samples = np.asarray(
            cv2.resize(pixels if half is None else half, size, interpolation=cv2.INTER_LINEAR), np.uint8
        )
    return np.asarray(cv2.resize(samples, (_COLUMNS, rows), interpolation=cv2.INTER_AREA), np.float32)


def _entered(changed: NDArray[np.uint8], block_px: float) -> list[EdgeStrip]:
    """Return the changed strip of each side, where two neighbouring blocks changed."""
    bands = {
        Side.LEFT: changed[:, :_BAND],
        Side.RIGHT: changed[:, -_BAND:],
        Side.TOP: changed[:_BAND].T,
        Side.BOTTOM: changed[-_BAND:].T,
    }
    strips = []
    for side, band in bands.items():
        pairs = np.flatnonzero((band[1:] & band[:-1]).any(1))
        if len(pairs):
            first, last = int(pairs[0]), int(pairs[-1]) + 2
            length = max(last - first, _LEAST_STRIP) * _STRIP_SHARE
            begin = (first + last - length) / 2
            strips.append(EdgeStrip(side, round(begin * block_px), round(length * block_px)))
    return strips


def _clear(changed: NDArray[np.uint8], box: Points) -> None:
    """Ignore a followed face, as its mesh follows its own movement."""
    low, high = box[:2], box[2:]
    margin = _MARGIN * (high - low)
    (left, top), (right, bottom) = np.maximum(low - margin, 0), np.maximum(high + margin, 0)
    changed[round(top) : round(bottom), round(left) : round(right)] = 0


def _clear_body(changed: NDArray[np.uint8], box: Points) -> None:
    """Ignore a tracked head and what is below it, at the edge."""
    aside, above = np.asarray(_BODY) * (box[2:] - box[:2])
    left, top = np.maximum(box[:2] - (aside, above), 0)
    changed[round(top) :, round(left) : round(max(box[2] + aside, 0))] = 0
