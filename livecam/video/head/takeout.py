"""Take the live head out of a frame, put the new one in.

And keep in front what is in front.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from livecam.core.frame import Pixels
from livecam.video.head.body import BodyGuess
from livecam.video.head.geometry import HeadGeometry
from livecam.video.head.grid import HeadGrid
from livecam.video.head.layer import Layer
from livecam.video.head.masks import GridParts
from livecam.video.head.planes import enlarge

Mask = NDArray[np.uint8]
_SOME: Final = 3
_FRONT: Final = (0.45, 0.7)
_LEAST_THING: Final = 0.025
"""Area of the smallest thing next to a face, in squared face heights."""


def take_out(out: Pixels, plate: Pixels, mask: Mask, body: BodyGuess, grid: HeadGrid) -> None:
    """Write room and body over the live head, in place.

    Args:
        out: (h, w, 3) the frame.
        plate: (h, w, 3) the room of the frame's size.
        mask: (h, w) on the grid, soft.
        body: The guessed body on the grid halved.
        grid: The part of the frame.
    """
    x, y, width, height = cv2.boundingRect(mask)
    if not width:
        return
    step = grid.step
    part = np.s_[
        grid.top + y * step : grid.top + (y + height) * step, grid.left + x * step : grid.left + (x + width) * step
    ]
    size = (width * step, height * step)
    behind = plate[part].copy()
    share = enlarge(np.asarray(body.share * 255, np.uint8), grid.shape[::-1])[y : y + height, x : x + width]
    rows = np.flatnonzero((share > _SOME).any(1))
    if len(rows):
        first = int(rows[0])
        colours = enlarge(body.colours.astype(np.uint8), grid.shape[::-1])[y + first : y + height, x : x + width]
        low = behind[first * step :]
        low_wh = (size[0], (height - first) * step)
        _over(low, enlarge(colours, low_wh), enlarge(share[first:], low_wh))
    _over(out[part], behind, enlarge(mask[y : y + height, x : x + width], size))


def put_in(out: Pixels, layer: Layer) -> None:
    """Write a head over the frame, in place."""
    part = out[layer.box]
    rest = cv2.bitwise_not(layer.alpha)
    cv2.add(layer.colours, cv2.multiply(part, cv2.merge([rest, rest, rest]), scale=1 / 255), dst=part)


def keep_front(out: Pixels, live: Pixels, parts: GridParts, geometry: HeadGeometry, grid: HeadGrid) -> None:
    """Write live things next to the face over the new head, in place.

    On the face the mesh network decides.
    """
    low, high = _FRONT
    front = np.asarray(np.clip((parts.front - low) / (high - low), 0, 1) * 255, np.uint8)
    face = np.zeros_like(front)
    geometry.draw_face(face)
    front = _large_only(np.asarray(cv2.bitwise_and(front, cv2.bitwise_not(face)), np.uint8), geometry.height)
    x, y, width, height = cv2.boundingRect(front)
    if not width:
        return
    step = grid.step
    part = np.s_[
        grid.top + y * step : grid.top + (y + height) * step, grid.left + x * step : grid.left + (x + width) * step
    ]
    _over(out[part], live[part], enlarge(front[y : y + height, x : x + width], (width * step, height * step)))


def _large_only(front: Mask, height: float) -> Mask:
    """Return a mask without patches smaller than a microphone.

    The network sees such patches in lamps and shelves, and they would shine through the hair.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats((front > 0).astype(np.uint8))
    small = stats[:, cv2.CC_STAT_AREA] < _LEAST_THING * height * height
    small[0] = False
    return np.asarray(np.where(small[labels], 0, front), np.uint8) if count > 1 and small.any() else front


def measure_left(mask: Mask, parts: GridParts | None, layer: Layer, geometry: HeadGeometry, grid: HeadGrid) -> float:
    """Return the share of the live head that is left, 0..1.

    That is what was neither taken out nor covered, in the skull's ellipse.

    Where no look is believed, all of the ellipse counts as head.
    """
    skull, zone = np.zeros(grid.shape, np.uint8), np.zeros(grid.shape, np.uint8)
    geometry.draw_skull(skull)
    geometry.draw_zone(zone)
    cv2.bitwise_and(skull, zone, dst=skull)
    there = np.ones(grid.shape, np.float32) if parts is None else parts.hair + parts.head
    whole = cv2.mean(there, mask=skull)[0]
    if whole <= 0:
        return 0.0
    kept = 1 - np.maximum(mask, _on_grid(layer, grid)).astype(np.float32) / 255
    return float(cv2.mean(there * kept, mask=skull)[0] / whole)


def _on_grid(layer: Layer, grid: HeadGrid) -> Mask:
    """Return the layer's alpha (h, w) on the grid."""
    rows, columns = layer.box
    step = np.float32(1 / grid.step)
    shift = (1 / grid.step - 1) / 2
    matrix = np.array([
        [step, 0, (columns.start - grid.left) * step + shift], [0, step, (rows.start - grid.top) * step + shift]
    ], np.float32)  # fmt: skip
    return np.asarray(cv2.warpAffine(layer.alpha, matrix, grid.shape[::-1]), np.uint8)


def _over(under: Pixels, colours: Pixels, share: Mask) -> None:
    """Mix colours over a picture (h, w, 3) by a share (h, w), in place."""
    three = cv2.merge([share, share, share])
    drawn = cv2.multiply(colours, three, scale=1 / 255)
    cv2.bitwise_not(three, dst=three)
    cv2.add(drawn, cv2.multiply(under, three, scale=1 / 255), dst=under)
