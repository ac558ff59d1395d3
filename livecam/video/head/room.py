"""The room behind the head, learned where it is seen.

Lit as the seen part is.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.video.head.fill import push_pull
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import HeadGrid
from livecam.video.head.masks import GridParts
from livecam.video.head.planes import above

Mask = NDArray[np.uint8]
Map = NDArray[np.float32]

STRIPES: Final = 4
_EMPTY, _FULL, _PERSON, _THING = 0.12, 0.55, 0.7, 0.6
_CLOSE: Final = 0.3
"""Face heights, across: round a person a doubtful pixel is not empty, farther away only a likely one is not."""
_MARGIN_SHARE: Final = 0.045
_CELLS: Final = (24, 24)
_LEAST_CELLS: Final = 20
_SURE_CELL: Final = 0.95
_CHANGE: Final = 0.03
_LIMITS: Final = (0.4, 2.2)
_FLOOR: Final = np.float32(4)
_GAIN_UNIT: Final = 100.0
_SEEN: Final = 255
_FILL_SIDE_PX: Final = 112


class Room:
    """A plate of the frame's size in bytes.

    What was never seen is guessed from round about.

    Args:
        size_wh: Of the frames.
    """

    def __init__(self, size_wh: tuple[int, int]) -> None:
        self.size_wh = size_wh
        self.colours: Pixels = np.zeros((size_wh[1], size_wh[0], 3), np.uint8)
        self.known: Mask = np.zeros((size_wh[1], size_wh[0]), np.uint8)
        self._turn = 0

    def learn(self, pixels: Pixels, grid: HeadGrid, parts: GridParts, geometry: HeadGeometry) -> None:
        """Take in the empty part of a frame, a stripe of it.

        Or all of it when the light has changed.

        Args:
            pixels: The frame.
            grid: The part of it round the head.
            parts: A look at it that is believed.
            geometry: Of the live mesh on the grid.
        """
        empty = _empty(parts, geometry)
        changed = self._follow_light(grid, empty)
        turn = self._turn % STRIPES
        self._turn += 1
        rows = slice(0, grid.shape[0]) if changed or self._turn <= STRIPES else _stripe(grid.shape[0], turn)
        self._copy(pixels, grid, empty, rows)
        if turn == 0 or changed or self._turn <= STRIPES:
            self._guess(grid)

    def known_share(self, grid: HeadGrid, mask: Mask) -> float:
        """Return how much of a mask (h, w) on the grid is where the room has been seen."""
        known = cv2.resize(self.known[grid.box], grid.shape[::-1], interpolation=cv2.INTER_NEAREST)
        return float(cv2.mean(known, mask=mask)[0]) / _SEEN if mask.any() else 1.0

    def _copy(self, pixels: Pixels, grid: HeadGrid, empty: Mask, rows: slice) -> None:
        if not empty[rows].any():
            return
        part = np.s_[grid.top + rows.start * grid.step : grid.top + rows.stop * grid.step, grid.box[1]]
        live, size = pixels[part], (grid.full_wh[0], (rows.stop - rows.start) * grid.step)
        where = cv2.resize(empty[rows], size, interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(live, where, self.colours[part])
        known = self.known[part]
        cv2.max(known, where, dst=known)

    def _follow_light(self, grid: HeadGrid, empty: Mask) -> bool:
        """Light what is hidden as what is seen has changed; whether it has."""
        plate, known = self.colours[grid.box], self.known[grid.box]
        seen = cv2.resize(known, grid.shape[::-1], interpolation=cv2.INTER_NEAREST)
        both = cv2.resize(cv2.bitwise_and(empty, seen), _CELLS, interpolation=cv2.INTER_AREA)
        sure = (both > _SURE_CELL * _SEEN).astype(np.float32)
        if sure.sum() < _LEAST_CELLS:
            return False
        then = cv2.resize(plate, grid.shape[::-1], interpolation=cv2.INTER_NEAREST)
        then = cv2.resize(then, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        now = cv2.resize(grid.small, _CELLS, interpolation=cv2.INTER_AREA).astype(np.float32)
        ratio = (now + _FLOOR) / (then + _FLOOR)
        if abs(float(np.median(ratio[sure > 0])) - 1) < _CHANGE:
            return False
        gain = np.clip(push_pull(ratio, sure, 4), *_LIMITS) * _GAIN_UNIT
        wide = cv2.resize(np.asarray(gain, np.uint8), grid.full_wh)
        hidden = cv2.resize(cv2.bitwise_not(empty), grid.full_wh, interpolation=cv2.INTER_NEAREST)
        cv2.copyTo(cv2.multiply(plate, wide, scale=1 / _GAIN_UNIT), hidden, plate)
        return True

    def _guess(self, grid: HeadGrid) -> None:
        """Write a guess over what was never seen."""
        plate, known = self.colours[grid.box], self.known[grid.box]
        shrink = max(max(grid.shape) / _FILL_SIDE_PX, 1.0)
        size = (max(round(grid.shape[1] / shrink), 4), max(round(grid.shape[0] / shrink), 4))
        seen = cv2.resize(known, size, interpolation=cv2.INTER_NEAREST)
        if (seen == _SEEN).all():
            return
        sure = cv2.erode(seen // _SEEN, np.ones((3, 3), np.uint8)).astype(np.float32)
        colours = cv2.resize(plate, size, interpolation=cv2.INTER_NEAREST).astype(np.float32)
        guess = np.asarray(np.clip(push_pull(colours, sure), 0, 255), np.uint8)
        cv2.copyTo(cv2.resize(guess, grid.full_wh), cv2.bitwise_not(known), plate)


def _stripe(rows: int, turn: int) -> slice:
    return slice(rows * turn // STRIPES, rows * (turn + 1) // STRIPES)


def _empty(parts: GridParts, geometry: HeadGeometry) -> Mask:
    """Return where surely no one is (h, w).

    Away from the person, and never within a skull or face by the mesh.
    """
    someone = np.asarray(cv2.bitwise_or(above(parts.person, _FULL), above(parts.front, _THING)), np.uint8)
    surely = above(parts.person, _PERSON)
    geometry.draw_face(surely)
    close = cv2.dilate(surely, np.ones((int(geometry.height * _CLOSE) | 1,) * 2, np.uint8))
    perhaps = cv2.bitwise_and(above(parts.person, _EMPTY), np.asarray(close, np.uint8))
    cv2.bitwise_or(someone, perhaps, dst=someone)
    geometry.draw_skull(someone, core=True)
    geometry.draw_face(someone)
    reach = max(int(geometry.height * _MARGIN_SHARE), 1)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1,) * 2)
    return np.asarray(cv2.bitwise_not(cv2.dilate(someone, kernel)), np.uint8)
